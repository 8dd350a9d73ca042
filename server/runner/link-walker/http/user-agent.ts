import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { z } from 'zod';

/** Tells a site's owner, who finds it in the access log, what made the request and where to read about it. */
export const USER_AGENT = `Qassandra/${readVersion()} (+https://qassandra.com)`;

function readVersion(): string {
  const path = findPackageJSON(import.meta.url);
  const { version } = z
    .object({ version: z.string() })
    .parse(path === undefined ? {} : JSON.parse(readFileSync(path, 'utf8')));
  const [major, minor] = version.split('.');
  return `${major}.${minor}`;
}
