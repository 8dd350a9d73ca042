import type { Queryable } from '../../../db/pool.ts';
import { CHECK_COLUMNS, CHECK_SUMMARY_COLUMNS, type CheckRow, type CheckSummaryRow } from '../check-row.ts';
import type { CheckStatus, Conclusion } from '../schema.ts';

export interface CheckPage {
  readonly appId: string;
  readonly limit: number;
  readonly branch: string | undefined;
  readonly status: CheckStatus | undefined;
  readonly conclusion: Conclusion | undefined;
  /** Only checks that are older than this one, by its id. */
  readonly before: string | undefined;
}

/** An app's checks, newest first. */
export async function listChecks(db: Queryable, page: CheckPage): Promise<CheckRow[]> {
  return db.query<CheckRow>({ name: 'list-checks', text: selectPage(CHECK_COLUMNS), values: toValues(page) });
}

/** The same without their flows. */
export async function listCheckSummaries(db: Queryable, page: CheckPage): Promise<CheckSummaryRow[]> {
  return db.query<CheckSummaryRow>({
    name: 'list-check-summaries',
    text: selectPage(CHECK_SUMMARY_COLUMNS),
    values: toValues(page),
  });
}

function selectPage(columns: string): string {
  return `
    select ${columns}
    from checks
    where app_id = $1::uuid
      and ($2::text is null or metadata ->> 'branch' = $2::text)
      and ($3::text is null or status = $3::text)
      and ($4::text is null or conclusion = $4::text)
      and (
        $5::uuid is null
        or (created_at, id) < (
          select last.created_at, last.id from checks as last where last.id = $5::uuid and last.app_id = $1::uuid
        )
      )
    order by created_at desc, id desc
    limit $6::integer`;
}

function toValues(page: CheckPage): unknown[] {
  return [
    page.appId,
    page.branch ?? null,
    page.status ?? null,
    page.conclusion ?? null,
    page.before ?? null,
    page.limit,
  ];
}
