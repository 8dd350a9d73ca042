import { isFull, seed } from './scale.ts';

/**
 * Prints one line with the figures of a scenario. Not by Jest's console, which adds a stack trace to each
 * line.
 */
export function printFigures(scenario: string, figures: Readonly<Record<string, number | string>>): void {
  const all = { ...figures, form: isFull ? 'full' : 'short', seed };
  const told = Object.entries(all).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`chaos | ${scenario}: ${told.join(', ')}\n`);
}
