import type { Queryable } from '../../../db/pool.ts';

/** Those of `names` that are secrets of the app. */
export async function listSecretNames(
  db: Queryable,
  { appId, names }: { readonly appId: string; readonly names: readonly string[] },
): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ name: string }>({
    name: 'list-secret-names',
    text: 'select name from secrets where app_id = $1::uuid and name = any($2::text[])',
    values: [appId, names],
  });
  return new Set(rows.map(({ name }) => name));
}
