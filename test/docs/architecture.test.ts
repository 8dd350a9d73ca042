import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8');
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const sources = files.filter(
  (file) => /^(action|server)\/.*\.tsx?$/.test(file) && !file.startsWith('action/dist/'),
);

function getSection(title: string): string {
  return page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
}

/** The paths of files in a text, as the page writes them. */
function listPaths(text: string): string[] {
  return [...text.matchAll(/`((?:action|server|test)\/[\w./-]+\.\w+)`/g)].map(([, path = '']) => path);
}

describe('the tree', () => {
  const block = /```\n([\s\S]*?)```/.exec(getSection('The tree'))?.[1] ?? '';
  const rows = block
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [folder = '', ...words] = line.split(/\s+/);
      return { folder, words: words.join(' ') };
    });

  test('has every folder with source files, and no other', () => {
    expect(rows.map(({ folder }) => folder).sort()).toEqual([...new Set(sources.map(dirname))].sort());
  });

  test('says in a few words what each folder is for', () => {
    for (const { folder, words } of rows) {
      const count = words.split(' ').filter(Boolean).length;
      expect({ folder, fits: folder.endsWith('/sql') ? count === 0 : count > 0 && count <= 7 }).toEqual({
        folder,
        fits: true,
      });
    }
  });
});

test('no folder has more than 15 files', () => {
  const counts = new Map<string, number>();
  for (const file of files.filter((path) => /^(action|server|test|bench|demo)\//.test(path))) {
    counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  }
  expect([...counts].filter(([, count]) => count > 15)).toEqual([]);
});

test('every file that the page names exists', () => {
  expect(listPaths(page).length).toBeGreaterThan(60);
  expect(listPaths(page).filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('every question has a file as its answer', () => {
  const rows = getSection('Where to find it')
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('?'));
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.filter((row) => listPaths(row).length === 0)).toEqual([]);
});

/** The files that a file imports, also at run time. */
function listImports(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  return [...source.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, path = '']) =>
    posix.normalize(posix.join(dirname(file), path)),
  );
}

/** Where a way may begin: the files that put the server together, and the entry points of other programs. */
const STARTS = [
  'server/app.ts',
  'server/server.ts',
  'server/commands/runner.ts',
  'server/runner/main.ts',
  'server/dashboard/src/main.tsx',
  'action/src/step/index.ts',
  'action/src/command/cli.ts',
];

test.each(['The way of a trigger', 'The way of a check', 'The way of a page', 'The way of the action'])(
  '%s: each file is imported by one before it',
  (title) => {
    const way = listPaths(getSection(title));
    expect(way.length).toBeGreaterThan(3);
    const known = new Set([...STARTS, ...STARTS.flatMap(listImports)]);
    const lost: string[] = [];
    for (const file of way) {
      if (!known.has(file)) {
        lost.push(file);
      }
      for (const path of listImports(file)) {
        known.add(path);
      }
    }
    expect(lost).toEqual([]);
  },
);

test('a trigger passes at most four files of its own', () => {
  expect(listPaths(getSection('The way of a trigger')).length).toBeLessThanOrEqual(4);
});
