import type { Queryable } from '../../db/pool.ts';

/** Whether a key is in force for any app. */
export async function keyExists(db: Queryable, keyHash: Buffer): Promise<boolean> {
  const rows = await db.query({
    name: 'key-exists',
    text: 'select from api_keys where key_hash = $1::bytea',
    values: [keyHash],
  });
  return rows.length > 0;
}
