import type { Queryable } from '../../../db/pool.ts';
import type { CheckFigures, FlakyFlow } from '../schema.ts';

export interface StatisticsRow {
  readonly all_branches: CheckFigures;
  readonly main_branch: CheckFigures;
  /** Times as PostgreSQL's JSON has them. */
  readonly flaky_flows: readonly FlakyFlow[];
  readonly flaky_flows_total: number;
  readonly flaky_flows_since: Date | null;
}

export interface StatisticsOptions {
  readonly appId: string;
  readonly mainBranch: string;
  readonly days: number;
}

const MOST_FLAKY_FLOWS = 20;
/**
 * How many flows are read at most, since each takes 1 to 2 µs. `counts` tells their number without reading them; a
 * check that ended before there were counts has about 50 at most.
 */
const MOST_FLOWS_READ = 150_000;

function selectFigures(which: string): string {
  const failed = `conclusion in ('failure', 'error')`;
  const selectDuration = (share: number) => `
    round(percentile_cont(${share}) within group (order by duration_ms)
      filter (where ${which} and status = 'finished'))::integer`;
  return `
    json_build_object(
      'checks', count(*) filter (where ${which}),
      'failed', count(*) filter (where ${which} and ${failed}),
      'failure_rate', round(avg(case when ${failed} then 1 else 0 end) filter (where ${which}), 4)::float,
      'median_duration_ms', ${selectDuration(0.5)},
      'p95_duration_ms', ${selectDuration(0.95)}
    )`;
}

/**
 * Figures of the checks that ended, and the flows that failed and passed on the same commit at the same address. Flows
 * are read only of commits that were checked several times and failed once: they make up most of a row.
 */
export async function readStatistics(
  db: Queryable,
  { appId, mainBranch, days }: StatisticsOptions,
): Promise<StatisticsRow> {
  const [row] = await db.query<StatisticsRow>({
    name: 'read-statistics',
    text: `
      with ended as materialized (
        select
          id, status, conclusion, created_at, target_url,
          metadata ->> 'branch' as branch,
          metadata ->> 'git_commit_id' as commit_id,
          greatest(0, extract(epoch from finished_at - started_at) * 1000)::float as duration_ms,
          coalesce((counts ->> 'total')::integer, 50) as flow_count,
          row_number() over (order by created_at, id) as place
        from checks
        where app_id = $1::uuid
          and created_at > now() - make_interval(days => $3::integer)
          and conclusion <> 'cancelled'
          and settings is null
      ),
      repeated as (
        select
          ended.*,
          count(*) over same_source as times,
          bool_or(conclusion = 'failure') over same_source as has_failed
        from ended
        where status = 'finished' and commit_id <> ''
        window same_source as (partition by commit_id, target_url)
      ),
      searched as materialized (
        select *
        from (
          select
            repeated.*,
            sum(flow_count) over (order by place desc) <= ${MOST_FLOWS_READ} as is_read
          from repeated
          where times > 1 and has_failed
        ) as sized
      ),
      outcomes as (
        select
          searched.commit_id, searched.target_url, flow.name,
          count(*) filter (where flow.status = 'failed') as failed,
          count(*) filter (where flow.status = 'passed') as passed,
          max(searched.place) filter (where flow.status = 'failed') as failed_place,
          max(searched.place) filter (where flow.status = 'passed') as passed_place
        from searched
        join checks on checks.id = searched.id
        cross join lateral jsonb_to_recordset(checks.flows) as flow (name text, status text)
        where searched.is_read
        group by searched.commit_id, searched.target_url, flow.name
        having bool_or(flow.status = 'failed') and bool_or(flow.status = 'passed')
      ),
      flaky as (
        select
          name,
          count(distinct commit_id)::integer as commits,
          sum(failed)::integer as failed,
          sum(passed)::integer as passed,
          max(array[failed_place, passed_place]) as places
        from outcomes
        group by name
      ),
      listed as (
        select flaky.*, last_failed.id as failed_check_id, last_passed.id as passed_check_id, last_failed.created_at
        from (select * from flaky order by commits desc, failed desc, name limit ${MOST_FLAKY_FLOWS}) as flaky
        join searched as last_failed on last_failed.place = flaky.places[1]
        join searched as last_passed on last_passed.place = flaky.places[2]
      )
      select
        ${selectFigures('true')} as all_branches,
        ${selectFigures('branch = $2::text')} as main_branch,
        (
          select coalesce(
            json_agg(
              json_build_object(
                'name', name, 'commits', commits, 'failed', failed, 'passed', passed,
                'failed_check_id', failed_check_id, 'passed_check_id', passed_check_id, 'failed_at', created_at
              )
              order by commits desc, failed desc, name
            ),
            '[]'::json
          )
          from listed
        ) as flaky_flows,
        (select count(*)::integer from flaky) as flaky_flows_total,
        (
          select min(created_at) filter (where is_read) from searched having not bool_and(is_read)
        ) as flaky_flows_since
      from ended`,
    values: [appId, mainBranch, days],
  });
  if (!row) {
    throw new Error('A statement that only aggregates has returned no row.');
  }
  return row;
}
