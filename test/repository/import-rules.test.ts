import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatImportRules, readImportTable } from './import-rules.ts';

const root = join(import.meta.dirname, '..', '..');
const table = readImportTable();

test('biome.imports.json has the rules of the table (npm run lint:imports writes them)', () => {
  expect(readFileSync(join(root, 'biome.imports.json'), 'utf8')).toBe(formatImportRules(table));
});

test('every place in the table exists', () => {
  const places = Object.entries(table).flatMap(([place, allowed]) => [place, ...allowed]);
  const missing = places.filter((place) => !existsSync(join(root, place.split('/*')[0] ?? '')));
  expect(missing).toEqual([]);
});

test('every folder with source files has a row', () => {
  const { stdout } = spawnSync('git', ['ls-files', 'action', 'server'], { cwd: root, encoding: 'utf8' });
  const folders = stdout
    .split('\n')
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('action/dist/'))
    .map((file) => dirname(file));
  const missing = [...new Set(folders)].filter((folder) => table[folder] === undefined);
  // Each file of `server` itself has a row of its own.
  expect(missing).toEqual(['server']);
});

const REFUSED = [
  ['server/db', "import { one } from '../http/errors.ts';"],
  ['server/db', "import type { One } from '../http/errors.ts';"],
  ['server/db', "export { one } from '../http/errors.ts';"],
  ['server/db', "await import('../http/errors.ts');"],
  ['server/http', "import { one } from '../features/checks/routes.ts';"],
  ['server/auth/keys', "import { one } from '../../features/apps/access.ts';"],
  ['server/features/organizations', "import { one } from '../apps/access.ts';"],
  ['server/features/checks', "import { one } from '../apps/sql/find-app-access.ts';"],
  ['server/features/checks', "import { one } from '../../runner/link-walker/link-walker.ts';"],
  ['server/features/checks/sql', "import { one } from '../../apps/sql/find-app-access.ts';"],
  ['server/observe', "import { one } from '../features/checks/sql/find-check.ts';"],
  ['server/runner', "import { one } from '../config.ts';"],
  ['server/runner/link-walker/http', "import { one } from '../../../features/checks/schema.ts';"],
  ['server/dashboard/src/ui', "import { one } from '../checks/conclusion.tsx';"],
  ['server/dashboard/src/checks', "import { one } from '../../../features/checks/routes.ts';"],
  ['action/src/core', "import { one } from '../step/index.ts';"],
  ['action/src/client', "import { one } from '../core/run.ts';"],
  ['action/src/lib', "import { one } from '../client/http.ts';"],
] as const;

const ALLOWED = [
  ['server/db', "import pg from 'pg';"],
  ['server/db', "import { one } from './pool.ts';"],
  ['server/features/apps', "import { one } from './sql/list-apps.ts';"],
  ['server/features/apps', "import { one } from '../../http/errors.ts';"],
  ['server/auth', "import { one } from './keys/api-key.ts';"],
] as const;

/** The linter on a folder of its own, in which a file stands for each import. */
describe('the linter', () => {
  const project = mkdtempSync(join(tmpdir(), 'qassandra-imports-'));
  const files = [...REFUSED, ...ALLOWED].map(([folder, line], index) => ({
    file: `${folder}/fixture-${index}.ts`,
    line,
  }));
  let report = '';

  beforeAll(() => {
    const config = { extends: ['./biome.imports.json'], linter: { rules: { preset: 'none' } } };
    writeFileSync(join(project, 'biome.json'), JSON.stringify(config));
    writeFileSync(join(project, 'biome.imports.json'), formatImportRules(table));
    for (const { file, line } of files) {
      mkdirSync(join(project, dirname(file)), { recursive: true });
      writeFileSync(join(project, file), `${line}\n`);
    }
    const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
    const { stdout, stderr } = spawnSync(process.execPath, [biome, 'lint', '--max-diagnostics=none'], {
      cwd: project,
      encoding: 'utf8',
    });
    report = stdout + stderr;
  });
  afterAll(() => rmSync(project, { recursive: true }));

  test.each(REFUSED.map(([folder, line], index) => ({ folder, line, index })))(
    'refuses in $folder: $line',
    ({ folder, index }) => {
      const [, found = ''] = report.split(`${folder}/fixture-${index}.ts:`);
      expect(found).toContain(`${folder} may import only`);
    },
  );

  test.each(ALLOWED.map(([folder, line], index) => ({ folder, line, index: index + REFUSED.length })))(
    'allows in $folder: $line',
    ({ folder, index }) => {
      expect(report).not.toContain(`${folder}/fixture-${index}.ts`);
    },
  );
});
