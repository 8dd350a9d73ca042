import type { Queryable } from '../../db/pool.ts';
import { matchKeyInForce } from '../keys/key-in-force.ts';

const TEXT = `select from api_keys as key where ${matchKeyInForce('$1::bytea')}`;

/** Whether a key is in force, for any app. */
export async function keyExists(db: Queryable, keyHash: Buffer): Promise<boolean> {
  const rows = await db.query({ name: 'key-exists', text: TEXT, values: [keyHash] });
  return rows.length > 0;
}
