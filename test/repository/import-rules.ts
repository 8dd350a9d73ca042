import { readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/**
 * Makes the linter's rules from the table of which folder may import which: `npm run lint:imports` writes
 * `biome.imports.json`, which `biome.json` extends, and `import-rules.test.ts` holds that file to the table. Biome compares
 * the text of an import, so each folder needs the paths as its own files write them.
 */

const root = join(import.meta.dirname, '..', '..');
const TABLE_FILE = join(root, 'test', 'repository', 'import-table.json');
const RULES_FILE = join(root, 'biome.imports.json');

/**
 * What the files directly in a folder may import, apart from each other and from packages. An entry is a folder (the
 * files directly in it; with a final `/**`, in its sub-folders too) or a single file. A row for single files comes after
 * the row of their folder and replaces it.
 */
export type ImportTable = Readonly<Record<string, readonly string[]>>;

export function readImportTable(): ImportTable {
  return JSON.parse(readFileSync(TABLE_FILE, 'utf8'));
}

/** The text of `biome.imports.json`: a line for each row of the table. */
export function formatImportRules(table: ImportTable): string {
  const overrides = Object.entries(table).map(([place, allowed]) => createOverride(place, allowed));
  return `{ "overrides": [\n${overrides.map((override) => JSON.stringify(override)).join(',\n')}\n] }\n`;
}

function createOverride(place: string, allowed: readonly string[]) {
  const folder = isFile(place) ? posix.dirname(place) : place;
  const patterns = [
    {
      group: [
        '../**',
        './*/**',
        ...(isFile(place) ? ['./*'] : []),
        ...allowed.map((entry) => `!${toPattern(folder, entry)}`),
      ],
      message: `${place} may import only ${allowed.join(', ') || 'packages'}. The table is test/repository/import-table.json.`,
    },
  ];
  return {
    includes: isFile(place) ? [place] : [`${folder}/*.ts`, `${folder}/*.tsx`],
    linter: { rules: { style: { noRestrictedImports: { level: 'error', options: { patterns } } } } },
  };
}

/** The entry as a file in `folder` writes it in an import. */
function toPattern(folder: string, entry: string): string {
  const target = isFile(entry) || entry.endsWith('/**') ? entry : `${entry}/*`;
  // A place with a wildcard stands for any folder, so that its siblings are others than itself.
  const path = posix.relative(folder.replaceAll('*', 'any'), target);
  return path.startsWith('.') ? path : `./${path}`;
}

function isFile(path: string): boolean {
  return /\.tsx?$/.test(path);
}

if (import.meta.main) {
  writeFileSync(RULES_FILE, formatImportRules(readImportTable()));
}
