import type { EmbeddedPostgres } from '../../../../server/db/embedded/embedded-postgres.ts';

interface SharedPostgres {
  dataDir?: string;
  embedded?: EmbeddedPostgres;
}

const KEY = Symbol.for('qassandra.shared-postgres');

/**
 * Passed from set-up to tear-down. Jest loads the two separately, so a variable of this module would not be
 * shared.
 */
export const shared: SharedPostgres = Object.assign(globalThis, {
  [KEY]: Reflect.get(globalThis, KEY) ?? {},
})[KEY];
