import type { Queryable } from '../../../db/pool.ts';
import { CHECK_COLUMNS, type CheckRow } from '../check-row.ts';

/** One check of an app. `checkId` is `null` when the caller gave no valid id. */
export async function findCheck(
  db: Queryable,
  appId: string,
  checkId: string | null,
): Promise<CheckRow | undefined> {
  const [row] = await db.query<CheckRow>({
    name: 'find-check',
    text: `select ${CHECK_COLUMNS} from checks where id = $2::uuid and app_id = $1::uuid`,
    values: [appId, checkId],
  });
  return row;
}
