/**
 * The steps of the statement in `claim-checks.ts`, in their order. Each is a query over the steps before it, which it
 * calls by the names that the statement gives them. `$1` is the number of wanted checks, `$2` the lease in seconds,
 * `$3` and `$4` the app and the organization of each check that the process runs, `$5` its slots, `$6` the app after
 * which to start looking, `$7` and `$8` the apps and organizations that it served last, the last one first.
 *
 * Limits are written out: with a parameter as its limit, PostgreSQL plans for a tenth of all rows, and sorts them.
 * Where `due_at` is sorted by, at most `APPS_SEEN` rows are.
 */

/** At most this many apps are looked at in one claim, so that its time has a bound. */
export const APPS_SEEN = 100;
/** At most this many checks are claimed at once. */
export const MOST_CLAIMED = 8;
/** Twice as many are locked, since other processes may be claiming the same checks. */
const CANDIDATES = 2 * MOST_CLAIMED;

/** Among equals, the ones that were served last come last. Otherwise a long queue would keep a single slot. */
const SERVED = {
  app: 'coalesce(array_position($7::uuid[], app_id), 1000) desc',
  organization: 'coalesce(array_position($8::uuid[], organization_id), 1000) desc',
};

interface Stretch {
  /** Which apps are looked at. */
  readonly within: string;
  /** A condition of the first step. */
  readonly when?: string;
  /** How many apps were looked at before. */
  readonly before?: string;
}

/**
 * Goes from app to app along the index on `(app_id, claimable_at)`, and reads one entry of each: its oldest. That is
 * the check that has waited longest; or, with all checks of the app running, the one whose lease runs out first.
 */
function listApps(name: string, { within, when = 'true', before = '0' }: Stretch): string {
  return `
  (
    select app_id, claimable_at as due_at, ${before} + 1 as place
    from checks
    where claimable_at is not null and ${within} and ${when}
    order by app_id, claimable_at
    limit 1
  )
  union all
  select next.app_id, next.due_at, ${name}.place + 1
  from ${name}
  cross join lateral (
    select app_id, claimable_at as due_at
    from checks
    where claimable_at is not null and ${within} and app_id > ${name}.app_id
    order by app_id, claimable_at
    limit 1
  ) as next
  where ${name}.place < ${APPS_SEEN}`;
}

/** `later`: the apps from `$6` on that have checks in the queue. */
export const LIST_LATER_APPS = listApps('later', { within: 'app_id > $6::uuid' });

/** `earlier`: the apps up to `$6`. Together, the two steps cover all apps. */
export const LIST_EARLIER_APPS = listApps('earlier', {
  within: 'app_id <= $6::uuid',
  when: `(select count(*) from later) < ${APPS_SEEN}`,
  before: '(select count(*) from later)',
});

/**
 * `caps`: how many slots of the process one organization may use, and one app. They leave a slot for another
 * organization, if another one has apps, and one for another app of the same organization.
 */
export const SET_CAPS = `
  select organization_cap, greatest(organization_cap - 1, 1) as app_cap
  from (
    select greatest($5::integer - case
      when (select organization_id from apps order by organization_id limit 1)
        <> (select organization_id from apps order by organization_id desc limit 1)
      then 1 else 0
    end, 1) as organization_cap
  ) as shared`;

/** `entries`: one row for each app seen with a check that is due, and one for each check that any process runs. */
export const LIST_ENTRIES = `
  select seen.app_id, app.organization_id, seen.due_at, 0 as running
  from (select app_id, due_at from later union all select app_id, due_at from earlier) as seen
  cross join lateral (select organization_id from apps where id = seen.app_id limit 1) as app
  where seen.due_at <= now()
  union all
  select leased.app_id, app.organization_id, null, 1
  from (
    -- The upper bound and the order have PostgreSQL take the index on claimable_at, also while the table is empty.
    select app_id from checks where claimable_at > now() and claimable_at < 'infinity' order by claimable_at
  ) as leased
  cross join lateral (select organization_id from apps where id = leased.app_id limit 1) as app`;

/**
 * `next_apps`: the apps whose turn it is, each with one check: first the organizations with the fewest running checks,
 * then the apps. Apps above a cap come last, to spare.
 */
export const RANK_APPS = `
  select app_id, organization_id, app_running, organization_running
  from (
    select
      counted.*,
      row_number() over (
        partition by organization_id order by app_running, ${SERVED.app}, due_at
      ) as turn
    from (
      select
        app_id, organization_id, due_at,
        sum(running) over (partition by organization_id, app_id) as app_running,
        sum(running) over (partition by organization_id) as organization_running
      from entries
    ) as counted
    cross join caps
    where due_at is not null
      and cardinality(array_positions($3::uuid[], app_id)) < app_cap
      and cardinality(array_positions($4::uuid[], organization_id)) < organization_cap
  ) as ranked
  cross join caps
  order by
    cardinality(array_positions($4::uuid[], organization_id)) + turn <= organization_cap desc,
    organization_running + turn, ${SERVED.organization}, due_at
  limit ${CANDIDATES}`;

/**
 * `candidates`: the checks of these apps, as if the free slots were filled one after the other: a check counts as
 * running for those that come after it.
 */
export const RANK_CHECKS = `
  select
    id, app_id, organization_id, is_allowed, due_at,
    row_number() over (
      order by is_allowed desc, organization_running + turn, ${SERVED.organization}, due_at
    ) as place
  from (
    select by_app.*, is_in_app_cap
      and cardinality(array_positions($4::uuid[], organization_id)) + turn <= organization_cap as is_allowed
    from (
      select
        by_app.*,
        row_number() over (
          partition by organization_id
          order by is_in_app_cap desc, app_running + app_turn, ${SERVED.app}, due_at
        ) as turn
      from (
        select
          next_apps.*, oldest.id, oldest.due_at, app_turn,
          cardinality(array_positions($3::uuid[], app_id)) + app_turn <= app_cap as is_in_app_cap
        from next_apps
        cross join lateral (
          select id, due_at, row_number() over (order by due_at) as app_turn
          from (
            select id, claimable_at as due_at
            from checks
            where app_id = next_apps.app_id and claimable_at <= now()
            order by claimable_at
            limit ${CANDIDATES}
          ) as waiting
          -- The more apps there are, the fewer checks of each can be among the candidates.
          limit greatest(${4 * CANDIDATES} / (select count(*) from next_apps), 4)
        ) as oldest
        cross join caps
      ) as by_app
    ) as by_app
    cross join caps
  ) as by_organization
  order by place
  limit ${CANDIDATES}`;

/**
 * `locked`: as many of them as are wanted, in their order. It skips checks that another process is claiming, and checks
 * that another process has claimed since this statement began: the condition is evaluated again on the newest row.
 */
export const LOCK_CHECKS = `
  select candidates.*
  from candidates
  cross join lateral (
    select 1 from checks where id = candidates.id and claimable_at <= now() for update skip locked limit 1
  ) as free
  limit $1::integer`;

/** `chosen`: the locked checks within the caps. As a reserve, checks above a cap were locked too. */
export const CHOOSE_CHECKS = `
  select id, app_id, organization_id
  from (
    select within_app.*, row_number() over (partition by organization_id order by place) as turn
    from (
      select locked.*, row_number() over (partition by app_id order by place) as app_turn from locked
    ) as within_app
    cross join caps
    where cardinality(array_positions($3::uuid[], app_id)) + app_turn <= app_cap
  ) as within_organization
  cross join caps
  where cardinality(array_positions($4::uuid[], organization_id)) + turn <= organization_cap`;

/**
 * `claimed`: leased, with the attempt counted. A join, since PostgreSQL expects one chosen check, and looks each up by
 * its id. By an array of ids it expects ten, and may read the whole table if it plans while that is empty.
 */
export const LEASE_CHECKS = `
  update checks set
    status = 'running', started_at = coalesce(started_at, now()), flows = '[]', known_flows = null,
    revision = revision + 1,
    claimable_at = now() + make_interval(secs => $2::double precision),
    lease_token = gen_random_uuid(), attempts = attempts + 1
  from chosen
  where checks.id = chosen.id
  returning
    checks.id, checks.app_id, chosen.organization_id, target_url, metadata, settings, lease_token, attempts`;

/** `dropped`: the flows of an earlier attempt, since the check starts again. */
export const DROP_PROGRESS = `
  delete from check_progress where check_id = any (array(select id from chosen))`;

/** The returned rows: one for each check, or one without a check. */
export const SELECT_CLAIMED = `
  select
    claimed.id, claimed.app_id, claimed.organization_id, claimed.target_url,
    coalesce((claimed.metadata ->> 'discover_flows')::boolean, false) as discover_flows,
    claimed.settings is not null or coalesce(app_settings.are_there, false) as has_settings,
    claimed.lease_token, claimed.attempts,
    last.app_id as last_app_id,
    (select count(*) from chosen)
      < least((select count(*) from candidates where is_allowed), $1::integer) as is_contended
  from (select 1) as always
  left join (
    select app_id
    from (select app_id, place from later union all select app_id, place from earlier) as seen
    where place = ${APPS_SEEN}
  ) as last on true
  left join claimed on true
  left join lateral (
    select true as are_there from check_settings where app_id = claimed.app_id limit 1
  ) as app_settings on true`;
