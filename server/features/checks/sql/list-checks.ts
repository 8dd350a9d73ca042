import type { Queryable } from '../../../db/pool.ts';
import { CHECK_COLUMNS, CHECK_SUMMARY_COLUMNS, type CheckRow, type CheckSummaryRow } from '../check-row.ts';
import type { Check, CheckStatus, Conclusion } from '../schema.ts';

export interface CheckPage {
  readonly appId: string;
  readonly limit: number;
  readonly branch: string | undefined;
  readonly status: CheckStatus | undefined;
  readonly conclusion: Conclusion | undefined;
  /** Part of the branch's name, in any case. */
  readonly branchContains?: string | undefined;
  readonly hasEnded?: boolean | undefined;
  readonly isIncomplete?: boolean | undefined;
  readonly triggeredBy?: Check['triggered_by'] | undefined;
  readonly triggeredByUser?: string | undefined;
  /** Only checks that are older than this one, by its id. */
  readonly before: string | undefined;
}

/** The checks that match, on any page. `position` does not need an index: an app has thousands of checks, not millions. */
const MATCHES = `
  app_id = $1::uuid
  and ($2::text is null or metadata ->> 'branch' = $2::text)
  and ($3::text is null or status = $3::text)
  and ($4::text is null or conclusion = $4::text)
  and ($5::text is null or position(lower($5::text) in lower(metadata ->> 'branch')) > 0)
  and ($6::boolean is null or (conclusion is not null) = $6::boolean)
  and ($7::boolean is null or (incomplete is not null) = $7::boolean)
  and ($8::text is null or triggered_by = $8::text)
  and ($9::uuid is null or triggered_by_user_id = $9::uuid)`;

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

/** How many checks match, whatever the page. */
export async function countChecks(db: Queryable, page: CheckPage): Promise<number> {
  const [row] = await db.query<{ total: number }>({
    name: 'count-checks',
    text: `select count(*)::integer as total from checks where ${MATCHES}`,
    values: toFilterValues(page),
  });
  return row?.total ?? 0;
}

function selectPage(columns: string): string {
  return `
    select ${columns}
    from checks
    where ${MATCHES}
      and (
        $10::uuid is null
        or (created_at, id) < (
          select last.created_at, last.id from checks as last where last.id = $10::uuid and last.app_id = $1::uuid
        )
      )
    order by created_at desc, id desc
    limit $11::integer`;
}

function toFilterValues(page: CheckPage): unknown[] {
  return [
    page.appId,
    page.branch ?? null,
    page.status ?? null,
    page.conclusion ?? null,
    page.branchContains ?? null,
    page.hasEnded ?? null,
    page.isIncomplete ?? null,
    page.triggeredBy ?? null,
    page.triggeredByUser ?? null,
  ];
}

function toValues(page: CheckPage): unknown[] {
  return [...toFilterValues(page), page.before ?? null, page.limit];
}
