import { isFull, seed } from './scale.ts';

/** One line of what a scenario tried and what came of it. Past Jest's console, which adds a stack to each line. */
export function printFigures(scenario: string, figures: Readonly<Record<string, number | string>>): void {
  const all = { ...figures, form: isFull ? 'full' : 'short', seed };
  const told = Object.entries(all).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`chaos | ${scenario}: ${told.join(', ')}\n`);
}
