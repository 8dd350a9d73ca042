import type { TestDatabase } from '../../helpers/server/database.ts';

type Queries = Pick<TestDatabase, 'query'>;

/** The result of every check that ended by itself. */
export interface ExpectedResult {
  readonly conclusion: 'success' | 'failure' | 'error';
  readonly total: number;
  readonly failed: number;
}

/** Lists of errors. All of them must be empty. */
export interface TrailFindings {
  /** Acknowledged, but not stored. */
  readonly lost: readonly string[];
  /** Triggers of one idempotency key that made more than one check. */
  readonly doubled: readonly string[];
  /** Checks that ended more than once, or changed after their end. */
  readonly endedTwice: readonly string[];
  readonly notEnded: readonly string[];
  /** Ended with flows, counts, conclusion, error and times that do not fit together. */
  readonly halfWritten: readonly string[];
  /** Visible changes without a higher revision. */
  readonly sameRevision: readonly string[];
}

export interface TrailFigures {
  readonly stored: number;
  /** Checks that were started more than once because their worker was killed. */
  readonly takenUp: number;
  /** Ended as `error` after the documented number of attempts. */
  readonly givenUp: number;
  /**
   * The longest time that a running check was neither renewed, taken up nor ended, without the times in
   * `away`.
   */
  readonly longestSilenceMs: number;
}

/** A time in which no check could be taken up: there was no process, or no database. */
export interface Away {
  readonly since: Date;
  readonly until: Date;
}

/**
 * Makes the database record every state of a check, in the transaction that changes it. So a second end is
 * seen even when it looks like the first. Progress is in another table; each save raises
 * the revision of the check's row, which is recorded here.
 */
export async function startCheckTrail({ query }: Queries): Promise<void> {
  await query(`
    create table chaos_trail (
      id bigint generated always as identity primary key,
      check_id uuid not null,
      was_status text, was_conclusion text, was_revision integer,
      status text not null, conclusion text, revision integer not null,
      is_visible boolean not null,
      at timestamptz not null default clock_timestamp()
    )`);
  await query(`
    create function chaos_note() returns trigger language plpgsql as $$
    begin
      insert into chaos_trail
        (check_id, was_status, was_conclusion, was_revision, status, conclusion, revision, is_visible)
      values (
        new.id, old.status, old.conclusion, old.revision, new.status, new.conclusion, new.revision,
        (old.status, old.conclusion, old.flows, old.error, old.started_at, old.finished_at)
          is distinct from (new.status, new.conclusion, new.flows, new.error, new.started_at, new.finished_at)
      );
      return null;
    end $$`);
  await query(
    'create trigger chaos_note after insert or update on checks for each row execute function chaos_note()',
  );
}

/** Resolves once every check has ended. For a check that never ends, the test has its own time limit. */
export async function waitUntilAllEnded({ query }: Queries): Promise<void> {
  for (;;) {
    const { rows } = await query('select count(*)::int as open from checks where conclusion is null');
    if (rows[0]?.open === 0) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export async function readFindings(
  { query }: Queries,
  acknowledged: readonly string[],
  expected: ExpectedResult,
): Promise<TrailFindings> {
  const list = async (sql: string, values: readonly unknown[] = []): Promise<string[]> =>
    (await query(sql, values)).rows.map(({ found }) => String(found));
  return {
    lost: await list(
      'select id as found from unnest($1::uuid[]) as id where not exists (select from checks where checks.id = id.id)',
      [acknowledged],
    ),
    // The load sends the idempotency key in the body too, where the server does not interpret it.
    doubled: await list(
      `select metadata ->> 'git_commit_id' as found from checks group by 1 having count(*) > 1`,
    ),
    endedTwice: await list(
      `select check_id as found from chaos_trail
       where (was_conclusion is null and conclusion is not null) or (was_conclusion is not null and (is_visible or revision > was_revision))
       group by 1 having count(*) > 1`,
    ),
    notEnded: await list('select id as found from checks where conclusion is null'),
    halfWritten: await list(
      `select concat_ws(' ', id, status, conclusion, flows, error) as found from checks
       where conclusion is not null and not ${IS_GIVEN_UP} and (
         conclusion <> $1::text
         or status <> case when $1::text = 'error' then 'failed' else 'finished' end
         or (error is not null) <> ($1::text = 'error')
         or jsonb_array_length(flows) <> $2::integer
         or jsonb_array_length(jsonb_path_query_array(flows, '$[*] ? (@.status == "failed")')) <> $3::integer
         or started_at is null or finished_at is null or finished_at < started_at
         or claimable_at is not null or lease_token is not null
       )`,
      [expected.conclusion, expected.total, expected.failed],
    ),
    sameRevision: await list(
      `select concat_ws(' ', check_id, was_revision, revision) as found from chaos_trail
       where revision < was_revision or (is_visible and revision <= was_revision)`,
    ),
  };
}

const IS_GIVEN_UP = `(status = 'failed' and conclusion = 'error' and attempts = 4)`;

export async function readFigures({ query }: Queries, away: readonly Away[] = []): Promise<TrailFigures> {
  const { rows } = await query(
    `
    with steps as (
      select was_status, at, lag(at) over (partition by check_id order by id) as before from chaos_trail
    ),
    silences as (
      select at - before - (
        select coalesce(sum(least(at, away.until) - greatest(before, away.since)), '0')
        from unnest($1::timestamptz[], $2::timestamptz[]) as away (since, until)
        where away.since < at and away.until > before
      ) as silence
      from steps
      where was_status = 'running'
    )
    select
      (select count(*)::int from checks) as stored,
      (select count(*)::int from checks where attempts > 1) as taken_up,
      (select count(*)::int from checks where ${IS_GIVEN_UP}) as given_up,
      (
        select coalesce(round(1000 * extract(epoch from max(silence))), 0)::int from silences
      ) as longest_silence_ms`,
    [away.map(({ since }) => since), away.map(({ until }) => until)],
  );
  const row = rows[0] ?? {};
  return {
    stored: Number(row.stored),
    takenUp: Number(row.taken_up),
    givenUp: Number(row.given_up),
    longestSilenceMs: Number(row.longest_silence_ms),
  };
}
