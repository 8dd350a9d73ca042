import { readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/**
 * Makes the linter's rules from the table of which folder may import which: `npm run lint:imports` writes
 * `biome.imports.json`, and a test holds that file to the table. Biome reads the text of an import, so each folder
 * needs the paths as its own files write them.
 */

const root = join(import.meta.dirname, '..', '..');
const RULES_FILE = join(root, 'biome.imports.json');

/**
 * What the files of a folder may import, apart from each other and from packages: folders (the files directly in
 * them) and single files. A row for a single file replaces the row of its folder.
 */
export type ImportTable = Readonly<Record<string, readonly string[]>>;

export function readImportTable(): ImportTable {
  return JSON.parse(readFileSync(join(root, 'test', 'repository', 'import-table.json'), 'utf8'));
}

/** Biome's configuration for the table; overrides that come later win. */
export function createImportRules(table: ImportTable) {
  return {
    $schema: './node_modules/@biomejs/biome/configuration_schema.json',
    overrides: Object.entries(table).map(([place, allowed]) => createOverride(place, allowed)),
  };
}

function createOverride(place: string, allowed: readonly string[]) {
  const folder = isFile(place) ? posix.dirname(place) : place;
  const patterns = [
    {
      group: ['../**', './*/**', ...allowed.map((target) => `!${createPattern(folder, target)}`)],
      message: `${place} may import ${allowed.join(', ') || 'nothing'}: see test/repository/import-table.json.`,
    },
  ];
  return {
    includes: isFile(place) ? [place] : [`${folder}/*.ts`, `${folder}/*.tsx`],
    linter: {
      rules: { style: { noRestrictedImports: { level: 'error', options: { patterns } } } },
    },
  };
}

function createPattern(folder: string, target: string): string {
  const path = posix.relative(folder, target);
  const relative = path.startsWith('.') ? path : `./${path}`;
  return isFile(target) ? relative : `${relative}/*`;
}

function isFile(path: string): boolean {
  return /\.tsx?$/.test(path);
}

export function formatImportRules(table: ImportTable): string {
  return `${JSON.stringify(createImportRules(table), undefined, 2)}\n`;
}

if (import.meta.main) {
  writeFileSync(RULES_FILE, formatImportRules(readImportTable()));
}
