import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const manifest = readFileSync(join(import.meta.dirname, '..', '..', '..', 'action.yml'), 'utf8');

/**
 * Returns the entries of a top-level block of action.yml, each with its lines. Parses only as much YAML as this file
 * needs.
 */
export function readBlock(name: 'inputs' | 'outputs'): Map<string, string> {
  const block = new RegExp(`^${name}:\\n((?:  .*\\n|\\n)+)`, 'm').exec(manifest)?.[1] ?? '';
  return new Map(
    [...block.matchAll(/^ {2}([\w-]+):\n((?: {4}.*\n)+)/gm)].map(([, key = '', lines = '']) => [key, lines]),
  );
}

/** Returns an input's default as written; an empty text if there is none. */
export function readDefault(lines: string): string {
  return /default: ["']?([^"'\n]*)["']?\n/.exec(lines)?.[1] ?? '';
}
