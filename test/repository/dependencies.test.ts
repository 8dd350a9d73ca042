import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';

/** Licences whose terms are met by passing on their text. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
]);

/** Tools that are only used here and not passed on, under other terms that have been read. */
const TOOLS: Readonly<Record<string, RegExp>> = {
  'MPL-2.0': /^(axe-core|lightningcss(-[\w-]+)?)$/,
  'CC-BY-4.0': /^caniuse-lite$/,
};

const root = new URL('../../', import.meta.url);
const readText = (path: string) => readFileSync(new URL(path, root), 'utf8');

const sbomSchema = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string(),
  components: z.array(
    z.object({
      name: z.string(),
      purl: z.string(),
      licenses: z
        .array(
          z.union([
            z.object({ license: z.object({ id: z.string() }) }).transform(({ license }) => license.id),
            z.object({ license: z.object({ name: z.string() }) }).transform(({ license }) => license.name),
            z.object({ expression: z.string() }).transform(({ expression }) => expression),
          ]),
        )
        .default([]),
    }),
  ),
});

type Component = z.infer<typeof sbomSchema>['components'][number];

/** npm's own list of the packages in the lock file, for all platforms. */
function readComponents(...options: string[]): Component[] {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', ...options];
  const text = execFileSync('npm', args, {
    cwd: fileURLToPath(root),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return sbomSchema.parse(JSON.parse(text)).components;
}

/** Every licence must be permissive, even where a package offers a choice: then nobody has to choose. */
function isPermissive(licenses: readonly string[]): boolean {
  const ids = licenses.flatMap((license) => license.split(/\s+(?:AND|OR)\s+|[()]/)).filter((id) => id !== '');
  return ids.length > 0 && ids.every((id) => PERMISSIVE.has(id));
}

const isTool = ({ name, licenses }: Component) =>
  licenses.length > 0 && licenses.every((license) => TOOLS[license]?.test(name) ?? false);
const describeComponent = ({ purl, licenses }: Component) =>
  `${purl}: ${licenses.join(', ') || 'no licence'}`;

describe('the licences of what is used', () => {
  let all: Component[];
  let installed: Component[];
  beforeAll(() => {
    all = readComponents();
    installed = readComponents('--omit', 'dev');
  });

  test('are permissive, except for tools whose terms were read', () => {
    expect(all.length).toBeGreaterThan(500);
    const others = all.filter((component) => !isPermissive(component.licenses) && !isTool(component));
    expect(others.map(describeComponent)).toEqual([]);
  });

  test('are all permissive in the installed server', () => {
    const { dependencies } = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readText('package.json')));
    expect(installed.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(dependencies)));
    expect(installed.filter(({ licenses }) => !isPermissive(licenses)).map(describeComponent)).toEqual([]);
  });

  test('are all permissive in the bundle of the action', () => {
    const bundled = readText('action/dist/licenses.txt')
      .split(/^-{80}$/m)
      .map((entry) => entry.trim().split('\n'));
    expect(bundled.length).toBeGreaterThan(5);
    const others = bundled.filter(([, license = '']) => !isPermissive([license]));
    expect(others.map(([name]) => name)).toEqual([]);
  });

  test('are all permissive in the pages', () => {
    const bundled = z
      .array(z.object({ name: z.string(), identifier: z.string().optional() }))
      .parse(JSON.parse(readText('server/dashboard/dist/licenses.json')));
    expect(bundled.map(({ name }) => name)).toEqual(expect.arrayContaining(['react', 'react-dom']));
    const others = bundled.filter(({ identifier = '' }) => !isPermissive([identifier]));
    expect(others.map(({ name }) => name)).toEqual([]);
  });
});

test.each([
  [[], false],
  [[''], false],
  [['GPL-3.0-only'], false],
  [['MIT OR GPL-3.0-only'], false],
  [['(MIT AND AGPL-3.0-only)'], false],
  [['MIT', 'SEE LICENSE IN terms.txt'], false],
  [['(MIT OR CC0-1.0)'], true],
  [['Apache-2.0 AND MIT'], true],
])('the licences %j are permissive: %p', (licenses, expected) => {
  expect(isPermissive(licenses)).toBe(expected);
});
