import type { Caller } from '../../auth/caller.ts';
import type { AppRow } from '../apps/app-row.ts';
import type { Person } from '../organizations/schema.ts';
import { countFlows } from './count-flows.ts';
import { MAX_ATTEMPTS } from './max-attempts.ts';
import type { Check, CheckStatus, Conclusion, Counts, FlowResult, Incomplete, Metadata } from './schema.ts';

/** A check as the database has it, without its flows and without what only the queue needs. */
export interface CheckSummaryRow {
  readonly id: string;
  readonly app_id: string;
  readonly status: CheckStatus;
  readonly conclusion: Conclusion | null;
  readonly revision: number;
  /** `null` in a `CheckRow` whose flows are to be counted. */
  readonly counts: Counts | null;
  readonly error: string | null;
  readonly incomplete: Incomplete | null;
  readonly warnings: string[] | null;
  readonly metadata: Metadata;
  readonly is_trial: boolean;
  /** How often it was started, but for starts that a worker which stopped has handed over. */
  readonly attempts: number;
  readonly known_flows: number | null;
  readonly triggered_by: 'api_key' | 'session' | 'schedule';
  readonly triggered_by_user: Person | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

export interface CheckRow extends CheckSummaryRow {
  /** Flows of a check that ended under an older server have no cause. */
  readonly flows: (Omit<FlowResult, 'cause'> & Partial<FlowResult>)[];
}

/**
 * The flows that have ended. The end of a check writes them into its row. Before that they are in `check_progress`,
 * and they stay there when the check is cancelled. A check without a lease was released or cancelled, and shows all
 * that was saved. Only servers older than that table write flows into the row before the end. An older server may run
 * beside this one. `json_agg`, since `jsonb_agg` of 1,000 flows takes twice as long.
 */
export const CHECK_FLOWS = `
  case
    when checks.status in ('finished', 'failed') or checks.flows <> '[]' then checks.flows::json
    else coalesce(
      (
        select json_agg(progress.flow order by progress.position)
        from check_progress as progress
        where progress.check_id = checks.id
          and (checks.lease_token is null or progress.lease_token = checks.lease_token)
      ),
      '[]'::json
    )
  end`;

/** Counts of a check whose row has none yet. */
const COUNTED = `
  (
    select json_build_object(
      'total', count(*),
      'passed', count(*) filter (where flow ->> 'status' = 'passed'),
      'failed', count(*) filter (where flow ->> 'status' = 'failed'),
      'skipped', count(*) filter (where flow ->> 'status' = 'skipped')
    )
    from json_array_elements(${CHECK_FLOWS}) as flow
  )`;

const COMMON_COLUMNS = `
  id, app_id, status, conclusion, revision, error, incomplete, warnings, metadata, triggered_by, created_at,
  started_at, finished_at, settings is not null as is_trial, attempts, known_flows,
  (
    select json_build_object('id', person.id, 'email', person.email)
    from users as person
    where person.id = checks.triggered_by_user_id
  ) as triggered_by_user`;

/** The columns of a `CheckSummaryRow`: the flows, which may be thousands, stay in the database. */
export const CHECK_SUMMARY_COLUMNS = `${COMMON_COLUMNS}, coalesce(counts::json, ${COUNTED}) as counts`;

/** The columns of a `CheckRow`, for every statement that reads one from `checks`. */
export const CHECK_COLUMNS = `${COMMON_COLUMNS}, counts, ${CHECK_FLOWS} as flows`;

/**
 * Whether a check says something about its branch alone: not a check of a pull request, which may be from a fork's
 * branch of the same name, nor a trial of other settings.
 */
export function matchBranchCheck(check: string): string {
  return `${check}.metadata ->> 'pull_request_id' is null and ${check}.settings is null`;
}

export function hasEnded(row: CheckRow): boolean {
  return row.conclusion !== null;
}

/** The check's page on the dashboard. */
export function getCheckUrl(publicUrl: string, alias: string, checkId: string): string {
  return `${publicUrl}/apps/${alias}/checks/${checkId}`;
}

export interface CheckReader {
  readonly caller: Caller;
  readonly app: AppRow;
  readonly publicUrl: string;
}

export function toCheck(row: CheckRow, reader: CheckReader): Check {
  const flows = toFlows(row);
  return { ...toCheckSummary({ ...row, counts: row.counts ?? countFlows(flows) }, reader), flows };
}

export function toFlows({ flows }: Pick<CheckRow, 'flows'>): FlowResult[] {
  return flows.map((flow) => ({ ...flow, cause: flow.cause ?? null }));
}

/** A check without its flows. */
export function toCheckSummary(
  { counts, ...row }: CheckSummaryRow,
  { caller, app, publicUrl }: CheckReader,
): Omit<Check, 'flows'> {
  return {
    id: row.id,
    app_id: row.app_id,
    status: row.status,
    conclusion: row.conclusion,
    revision: row.revision,
    counts: counts ?? countFlows([]),
    error: row.error,
    incomplete: row.incomplete,
    warnings: row.warnings ?? [],
    metadata: row.metadata,
    ...(row.status === 'running' && { progress: toProgress(row, counts) }),
    ...(row.is_trial && { is_trial: true }),
    triggered_by: row.triggered_by,
    // Workflows may publish this in logs and artifacts: leave out addresses of people.
    ...(caller.type === 'session' && row.triggered_by_user && { triggered_by_user: row.triggered_by_user }),
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
    url: getCheckUrl(publicUrl, app.alias, row.id),
  };
}

function toProgress(
  { attempts, known_flows: known }: Pick<CheckSummaryRow, 'attempts' | 'known_flows'>,
  counts: Counts | null,
): NonNullable<Check['progress']> {
  const done = counts?.total ?? 0;
  return {
    done,
    // A runner of several kinds may not have told about all of them yet.
    known: known === null ? null : Math.max(known, done),
    attempt: Math.max(attempts, 1),
    max_attempts: MAX_ATTEMPTS,
  };
}
