import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** Tells a site's owner, who finds it in the access log, what made the request and where to read about it. */
export const USER_AGENT = `Qassandra/${readVersion()} (+https://qassandra.com)`;

/** Read without a schema: the library for those is a fifth of the memory of a check's process. */
function readVersion(): string {
  const path = findPackageJSON(import.meta.url);
  const { version }: { version?: unknown } = path === undefined ? {} : JSON.parse(readFileSync(path, 'utf8'));
  const [major, minor] = String(version).split('.');
  return `${major}.${minor}`;
}
