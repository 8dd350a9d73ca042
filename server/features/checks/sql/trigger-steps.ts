import { matchKeyInForce, noteKeyUse } from '../../../auth/keys/key-in-force.ts';

/**
 * The steps of the statement in `trigger-checks.ts`, in their order. Each is a query over the steps before it, which
 * it calls by the names that the statement gives them: `asked`, `access`, `allowed` and so on. `$1` to `$11` are
 * arrays with one element for each trigger (`toColumns`), `$12` is the hourly limit, `null` for none.
 */

/**
 * `asked`: one row for each trigger. The arrays are subqueries so that the plan does not depend on their lengths:
 * PostgreSQL would make a new plan for each statement, which takes three times as long as everything else.
 */
export const READ_TRIGGERS = `
  select *
  from unnest(
    (select $1::uuid[]), (select $2::text[]), (select $3::bytea[]), (select $4::uuid[]), (select $5::uuid[]),
    (select $6::text[]), (select $7::text[]), (select $8::text[]), (select $9::bytea[]), (select $10::text[]),
    (select $11::text[])
  ) with ordinality as asked (
    app_id, app_alias, key_hash, user_id, check_id,
    app_url, metadata, idempotency_key, body_hash, triggered_by, settings, position
  )`;

/**
 * `access`: the app, the caller's key or role, and whether the idempotency key is known. Each is a look-up by a unique
 * index, and `limit` keeps it one: without it, a plan that was made and kept while the tables were small would read
 * whole tables for each statement.
 */
export const FIND_ACCESS = `
  select
    asked.position, key.app_id as key_app_id, member.role,
    app.id as app_id, app.alias, app.name, coalesce(asked.app_url, app.url) as target_url,
    coalesce(repeated.is_repeated, false) as is_repeated
  from asked
  left join lateral (
    select id, alias, name, url, organization_id from apps
    where id = coalesce(asked.app_id, (select id from apps as named where named.alias = asked.app_alias))
    limit 1
  ) as app on true
  left join lateral (
    select app_id from api_keys as key where ${matchKeyInForce('asked.key_hash')} limit 1
  ) as key on true
  left join lateral (
    select role from members
    where organization_id = app.organization_id and user_id = asked.user_id
    limit 1
  ) as member on true
  left join lateral (
    select true as is_repeated from idempotency_keys
    where app_id = app.id and key = asked.idempotency_key and created_at >= now() - interval '24 hours'
    limit 1
  ) as repeated on true`;

/**
 * `allowed`: the triggers whose caller may trigger the app; the same rule as `enforceAccess`. A repeated trigger gets
 * its first answer again, even if the app has lost its URL since.
 */
export const SELECT_ALLOWED = `
  select asked.*, access.app_id as allowed_app_id, access.target_url, access.is_repeated
  from access
  join asked using (position)
  where (access.key_app_id = access.app_id or access.role in ('member', 'admin'))
    and (access.target_url is not null or access.is_repeated)`;

/**
 * `locked`: the apps of the allowed triggers, locked before anything else of them is, as by the statement that removes
 * an app: so the two never deadlock, and an app that was just removed is not found. The order keeps two triggers from
 * a deadlock.
 */
export function lockApps(locked: 'wait' | 'skip'): string {
  return `
  select app.id
  from apps as app
  where app.id = any (array(select allowed_app_id from allowed))
  order by app.id
  for key share of app ${locked === 'skip' ? 'skip locked' : ''}`;
}

/**
 * `counted`: subtracts the new triggers from the app's allowance, which refills evenly, up to the triggers of one hour.
 */
export const TAKE_ALLOWANCE = `
  insert into trigger_allowances as allowance (app_id, remaining, granted)
  select
    locked.id, $12::double precision - least(count(*), $12::double precision),
    least(count(*), $12::double precision)
  from allowed
  join locked on locked.id = allowed.allowed_app_id
  where not allowed.is_repeated and $12::double precision is not null
  group by locked.id
  order by locked.id
  on conflict (app_id) do update set (remaining, granted, updated_at) = (
    select available - taken, taken, greatest(allowance.updated_at, now())
    from (
      select least(
        $12::double precision,
        allowance.remaining
          + greatest(0, extract(epoch from now() - allowance.updated_at)) * $12::double precision / 3600
      ) as available
    ) as now_available,
    lateral (select least(excluded.granted, floor(available)) as taken) as now_taken
  )
  returning app_id, remaining, granted`;

/** `permitted`: the allowed triggers that the allowance covers, first come first, and all repeated ones. */
export const SELECT_PERMITTED = `
  select ranked.*
  from (
    select
      allowed.*, locked.id as locked_app_id,
      row_number() over (partition by locked.id, allowed.is_repeated order by allowed.position) as place
    from allowed
    join locked on locked.id = allowed.allowed_app_id
  ) as ranked
  left join counted on counted.app_id = ranked.locked_app_id
  where ranked.is_repeated or $12::double precision is null or ranked.place <= counted.granted`;

/**
 * `claimed`: the idempotency keys, each with the check that it belongs to: the new one, or that of an earlier trigger
 * within 24 hours. The upsert waits for another statement that is claiming the same key.
 */
export const CLAIM_IDEMPOTENCY_KEYS = `
  insert into idempotency_keys as claim (app_id, key, body_hash, check_id)
  select locked_app_id, idempotency_key, body_hash, check_id
  from permitted
  where idempotency_key is not null
  order by locked_app_id, idempotency_key
  on conflict (app_id, key) do update set
    body_hash = case when claim.created_at < now() - interval '24 hours'
      then excluded.body_hash else claim.body_hash end,
    check_id = case when claim.created_at < now() - interval '24 hours'
      then excluded.check_id else claim.check_id end,
    created_at = case when claim.created_at < now() - interval '24 hours'
      then excluded.created_at else claim.created_at end
  returning app_id, key, check_id, body_hash`;

/** `inserted`: the new checks. Storing a check queues it. */
export const INSERT_CHECKS = `
  insert into checks (id, app_id, target_url, metadata, triggered_by, triggered_by_user_id, settings)
  select check_id, locked_app_id, target_url, metadata::jsonb, triggered_by, user_id, settings::jsonb
  from permitted
  where idempotency_key is null or check_id in (select check_id from claimed)
  returning id`;

/** `used`: notes the use of the keys that triggered. */
export const NOTE_KEY_USES = noteKeyUse({
  keyHash: 'permitted.key_hash',
  from: 'permitted',
  where: 'key.app_id = permitted.locked_app_id',
});

/** The returned rows, one for each trigger, in their order. */
export const SELECT_ANSWERS = `
  select
  access.key_app_id, access.role, access.alias, access.name, access.target_url,
  case when allowed.position is null or locked.id is not null then access.app_id end as app_id,
  coalesce(claimed.check_id, asked.check_id) as check_id,
  coalesce(earlier.status, 'scheduled') as status,
  coalesce(claimed.body_hash <> asked.body_hash, false) as is_reused,
  allowed.position is not null and locked.id is null as is_locked,
  case
    when locked.id is not null and permitted.position is null
    then ceil((1 - counted.remaining) * 3600 / $12::double precision)
  end as retry_after_seconds,
  inserted.id is not null as is_stored
  from asked
  join access using (position)
  left join allowed using (position)
  left join locked on locked.id = allowed.allowed_app_id
  left join counted on counted.app_id = locked.id
  left join permitted using (position)
  left join claimed
  on claimed.app_id = permitted.locked_app_id and claimed.key = permitted.idempotency_key
  left join inserted on inserted.id = asked.check_id
  left join lateral (select status from checks where id = claimed.check_id limit 1) as earlier on true
  order by position`;
