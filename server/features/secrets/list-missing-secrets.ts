import type { Queryable } from '../../db/pool.ts';
import { listSecretNames } from './sql/list-secret-names.ts';

/** Those of `names` that are no secrets of the app. */
export async function listMissingSecrets(
  db: Queryable,
  { appId, names }: { readonly appId: string; readonly names: readonly string[] },
): Promise<ReadonlySet<string>> {
  if (names.length === 0) {
    return new Set();
  }
  const found = await listSecretNames(db, { appId, names });
  return new Set(names.filter((name) => !found.has(name)));
}
