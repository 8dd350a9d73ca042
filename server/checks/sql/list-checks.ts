import type { Queryable } from '../../db/pool.ts';
import { CHECK_COLUMNS, type CheckRow } from '../check-row.ts';
import type { CheckStatus } from '../schema.ts';

export interface CheckPage {
  readonly appId: string;
  readonly limit: number;
  readonly branch: string | undefined;
  readonly status: CheckStatus | undefined;
  /** Only checks older than the one with this id. */
  readonly before: string | undefined;
}

/** An app's checks, newest first. */
export async function listChecks(db: Queryable, page: CheckPage): Promise<CheckRow[]> {
  return db.query<CheckRow>({
    name: 'list-checks',
    text: `
      select ${CHECK_COLUMNS}
      from checks
      where app_id = $1::uuid
        and ($2::text is null or metadata ->> 'branch' = $2::text)
        and ($3::text is null or status = $3::text)
        and (
          $4::uuid is null
          or (created_at, id) < (
            select last.created_at, last.id from checks as last where last.id = $4::uuid and last.app_id = $1::uuid
          )
        )
      order by created_at desc, id desc
      limit $5::integer`,
    values: [page.appId, page.branch ?? null, page.status ?? null, page.before ?? null, page.limit],
  });
}
