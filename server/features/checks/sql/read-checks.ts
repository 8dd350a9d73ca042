import type { Queryable } from '../../../db/pool.ts';
import { CHECK_COLUMNS, type CheckRow } from '../check-row.ts';

/** The checks with these ids, of any app. For callers whose access was checked when they began to wait. */
export async function readChecks(db: Queryable, ids: readonly string[]): Promise<CheckRow[]> {
  return db.query<CheckRow>({
    name: 'read-checks',
    text: `select ${CHECK_COLUMNS} from checks where id = any($1::uuid[])`,
    values: [ids],
  });
}
