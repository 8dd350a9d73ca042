import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');
const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);

/** What npm, cmd.exe and every POSIX shell understand in the same way. */
const PROGRAMS = ['node', 'npm', 'biome', 'tsc'];

describe('the scripts of package.json', () => {
  test.each(Object.entries(scripts))('%s runs in any shell, on Windows too', (_name, script) => {
    for (const command of script.split(' && ')) {
      expect(PROGRAMS).toContain(command.split(' ', 1)[0]);
      // No variables, quotes, redirections, pipes or lists: shells differ in these.
      expect(command).toMatch(/^[\w@./:= -]+$/);
    }
  });

  test.each(globSync('{*.md,docs/**/*.md,test/*.md,.github/workflows/*.yml}', { cwd: ROOT }))(
    'are the only scripts that %s names, and it starts no TypeScript except the server',
    (file) => {
      const text = readFileSync(join(ROOT, file), 'utf8');
      const named = [...text.matchAll(/npm run (?:-s |--silent )?([\w:-]+)/g)].map(([, name]) => name);
      expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
      // An older Node.js than that of the scripts cannot run these.
      expect(text).not.toMatch(/\bnode (?!server\/)[\w/-]+\.ts/);
    },
  );
});
