import type { EmbeddedPostgres } from '../../../server/db/embedded/embedded-postgres.ts';

interface SharedPostgres {
  dataDir?: string;
  embedded?: EmbeddedPostgres;
}

const KEY = Symbol.for('qassandra.shared-postgres');

/** What set-up leaves for tear-down; Jest loads the two apart, so a module's own variable would not do. */
export const shared: SharedPostgres = Object.assign(globalThis, {
  [KEY]: Reflect.get(globalThis, KEY) ?? {},
})[KEY];
