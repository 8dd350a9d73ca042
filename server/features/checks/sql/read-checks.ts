import type { Queryable } from '../../../db/pool.ts';
import { CHECK_COLUMNS, type CheckRow } from '../check-row.ts';

/** The checks with these ids, of any app. For callers whose access was checked when they began to wait. */
export async function readChecks(db: Queryable, ids: readonly string[]): Promise<CheckRow[]> {
  return db.query<CheckRow>({
    name: 'read-checks',
    // Look each up by its id: by an array, PostgreSQL reads the whole table if it plans while that is empty.
    text: `
      select found.*
      from unnest($1::uuid[]) as wanted (check_id)
      cross join lateral (select ${CHECK_COLUMNS} from checks where id = wanted.check_id limit 1) as found`,
    values: [ids],
  });
}
