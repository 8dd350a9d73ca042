import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord, textAt } from './src/lib/json.ts';

/**
 * Creates one text with the licences of all packages in a bundle. ncc's own list leaves out most packages: those whose
 * modules it has joined into one. Its statistics name them all.
 */
export function createLicenses(options: { root: string; stats: unknown }): string {
  const folders = new Set<string>();
  collectPackageFolders(options.stats, folders);
  const entries = [...folders].map((folder) => createEntry(join(options.root, folder)));
  return `${[...new Set(entries)].sort().join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** Modules are nested in modules and chunks, at any depth. */
function collectPackageFolders(value: unknown, folders: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) {
      collectPackageFolders(item, folders);
    }
  } else if (isRecord(value)) {
    const folder = /^\.\/(.*node_modules\/(?:@[^/]+\/)?[^/ ]+)/.exec(textAt(value, 'name') ?? '')?.[1];
    if (folder !== undefined) {
      folders.add(folder);
    }
    for (const name of ['chunks', 'modules', 'children']) {
      collectPackageFolders(value[name], folders);
    }
  }
}

function createEntry(folder: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const title = `${textAt(manifest, 'name')} ${textAt(manifest, 'version')}\n${textAt(manifest, 'license')}\n`;
  const file = readdirSync(folder).find((name) => /^licen[cs]e(\.\w+)?$/i.test(name));
  if (file === undefined) {
    return title;
  }
  return `${title}\n${readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim()}\n`;
}
