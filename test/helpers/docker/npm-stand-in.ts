import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { z } from 'zod';

/**
 * Stands in for `npm ci` in a replayed Dockerfile: without a network, it takes the packages that the lock file names
 * from this repository. Packages are copied, so that what a package needs is found in the copy or not at all. An
 * installation of everything is a link, since it would copy hundreds of megabytes.
 */

const dependenciesSchema = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string()),
});
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({
      dev: z.boolean().default(false),
      optional: z.boolean().default(false),
      devOptional: z.boolean().default(false),
    }),
  ),
});

const MODULES = join(import.meta.dirname, '..', '..', '..', 'node_modules');

function installPackages(args: string[]): void {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { omit: { type: 'string', multiple: true, default: [] }, 'ignore-scripts': { type: 'boolean' } },
  });
  if (positionals.join(' ') !== 'ci' || !values['ignore-scripts']) {
    throw new Error(`Only "npm ci --ignore-scripts" is replayed, not: npm ${args.join(' ')}`);
  }
  const { packages } = lockSchema.parse(readJson('package-lock.json'));
  assertLocked(packages['']);
  if (values.omit.length === 0) {
    symlinkSync(MODULES, 'node_modules');
    return;
  }
  const omitsDev = values.omit.includes('dev');
  const omitsOptional = values.omit.includes('optional');
  for (const [path, { dev, optional, devOptional }] of Object.entries(packages)) {
    const isOmitted =
      (dev && omitsDev) || (optional && omitsOptional) || (devOptional && omitsDev && omitsOptional);
    if (path !== '' && !isOmitted) {
      copyPackage(path, optional);
    }
  }
}

/** As `npm ci` does, refuses a lock file of another package.json. */
function assertLocked(root: unknown): void {
  if (
    !isDeepStrictEqual(dependenciesSchema.parse(root), dependenciesSchema.parse(readJson('package.json')))
  ) {
    throw new Error('package.json and package-lock.json are not in sync.');
  }
}

function copyPackage(path: string, isOptional: boolean): void {
  const source = join(MODULES, '..', path);
  if (!existsSync(source)) {
    if (isOptional) {
      return;
    }
    throw new Error(`${path} is in the lock file and not installed here. Run "npm ci".`);
  }
  mkdirSync(dirname(path), { recursive: true });
  // Packages within the package have entries of their own.
  const inner = join(source, 'node_modules');
  cpSync(source, path, { recursive: true, ...(existsSync(inner) && { filter: (file) => file !== inner }) });
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

installPackages(process.argv.slice(2));
