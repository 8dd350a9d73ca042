import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const manifest = readFileSync(join(import.meta.dirname, '..', '..', '..', 'action.yml'), 'utf8');

/** The entries of a top-level block of action.yml, each with its own lines; enough of YAML for this one file. */
export function readBlock(name: 'inputs' | 'outputs'): Map<string, string> {
  const block = new RegExp(`^${name}:\\n((?:  .*\\n|\\n)+)`, 'm').exec(manifest)?.[1] ?? '';
  return new Map(
    [...block.matchAll(/^ {2}([\w-]+):\n((?: {4}.*\n)+)/gm)].map(([, key = '', lines = '']) => [key, lines]),
  );
}

/** An input's default, as it is written; empty where there is none. */
export function readDefault(lines: string): string {
  return /default: ["']?([^"'\n]*)["']?\n/.exec(lines)?.[1] ?? '';
}
