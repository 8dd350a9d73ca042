import type { Queryable } from '../../../db/pool.ts';
import { CHECK_COLUMNS, type CheckRow } from '../check-row.ts';

/** The checks with these ids, of whatever app, for those who were already let in to wait for them. */
export async function readChecks(db: Queryable, ids: readonly string[]): Promise<CheckRow[]> {
  return db.query<CheckRow>({
    name: 'read-checks',
    text: `select ${CHECK_COLUMNS} from checks where id = any($1::uuid[])`,
    values: [ids],
  });
}
