import type { Caller } from '../../../auth/caller.ts';
import type { Queryable } from '../../../db/pool.ts';
import type { AccessRow } from '../../apps/access-row.ts';
import type { AppReference } from '../../apps/app-reference.ts';
import type { CheckStatus, Metadata } from '../schema.ts';
import type { Idempotency } from '../trigger-input.ts';

export interface Trigger {
  readonly caller: Caller;
  readonly app: AppReference;
  /** The new check's id, unless an earlier trigger with the same idempotency key made one. */
  readonly checkId: string;
  readonly metadata: Metadata;
  readonly idempotency: Idempotency | undefined;
}

export interface TriggerRow extends AccessRow {
  readonly alias: string;
  readonly name: string;
  readonly target_url: string | null;
  readonly check_id: string;
  readonly status: CheckStatus;
  /** Whether the idempotency key came with another body before. */
  readonly is_reused: boolean;
  /** Whether somebody holds the app's row, so that nothing was done for this trigger. */
  readonly is_locked: boolean;
  /** Set where the app has no trigger left: in how many seconds it has one again. */
  readonly retry_after_seconds: number | null;
  /** Whether there is a new check, for somebody to run. */
  readonly is_stored: boolean;
}

export interface TriggerChecksOptions {
  /**
   * What to do about an app whose row somebody holds, to remove it or to give it another alias: `wait` for them,
   * or `skip` its triggers, which are then `is_locked`.
   */
  readonly locked: 'wait' | 'skip';
  /** How many triggers an app may make an hour; as many may come at once. `undefined`: no limit. */
  readonly hourlyLimit: number | undefined;
}

/**
 * The whole of each trigger, and of all of them in one round trip and one commit: finds the key or the member,
 * and the app; claims the idempotency key; stores the check, which queues it; notes the key's use. Each is judged
 * on its own: those that an app has no allowance for any more are left out. It writes only where the caller may
 * (the same rule as `enforceAccess`, which says what was wrong otherwise); when it returns, the checks are durable.
 * One row a trigger, in their order.
 *
 * No two of `triggers` may have the same idempotency key: one statement cannot upsert a row twice. The upsert
 * waits for a trigger with the same one that is under way elsewhere, whose check this statement's snapshot cannot
 * see: it was scheduled a moment ago.
 */
export async function triggerChecks(
  db: Queryable,
  triggers: readonly Trigger[],
  { locked, hourlyLimit }: TriggerChecksOptions,
): Promise<TriggerRow[]> {
  return db.query<TriggerRow>({
    name: `trigger-checks-${locked}`,
    text: `
      with asked as (
        -- As subqueries, so that a plan does not depend on how many there are: PostgreSQL would make another one for
        -- each statement, which takes three times as long as the rest.
        select *
        from unnest(
          (select $1::uuid[]), (select $2::text[]), (select $3::bytea[]), (select $4::uuid[]), (select $5::uuid[]),
          (select $6::text[]), (select $7::text[]), (select $8::text[]), (select $9::bytea[]), (select $10::text[])
        ) with ordinality as asked (
          app_id, app_alias, key_hash, user_id, check_id,
          app_url, metadata, idempotency_key, body_hash, triggered_by, position
        )
      ),
      access as (
        select
          asked.position, key.app_id as key_app_id, member.role,
          app.id as app_id, app.alias, app.name, coalesce(asked.app_url, app.url) as target_url,
          coalesce(repeated.is_repeated, false) as is_repeated
        from asked
        -- Each of these is a look-up by a unique index, and "limit" keeps it one: a plan that was made while the
        -- tables were small, and is kept, would else read all of them for each statement.
        left join lateral (
          select id, alias, name, url, organization_id from apps
          where id = coalesce(asked.app_id, (select id from apps as named where named.alias = asked.app_alias))
          limit 1
        ) as app on true
        left join lateral (
          select app_id from api_keys where key_hash = asked.key_hash limit 1
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
        ) as repeated on true
      ),
      allowed as (
        select asked.*, access.app_id as allowed_app_id, access.target_url, access.is_repeated
        from access
        join asked using (position)
        where (access.key_app_id = access.app_id or access.role in ('member', 'admin'))
          -- A repeated trigger is answered as the first time, whatever became of the app's URL.
          and (access.target_url is not null or access.is_repeated)
      ),
      locked as (
        -- Locked before anything else of the app is, as by whoever removes it: so the two never wait for each
        -- other, and an app that was removed a moment ago is seen to be. In one order, so that neither do triggers.
        select app.id
        from apps as app
        where app.id = any (array(select allowed_app_id from allowed))
        order by app.id
        for key share of app ${locked === 'skip' ? 'skip locked' : ''}
      ),
      counted as (
        -- What an app may do grows back evenly, up to an hour's worth.
        insert into trigger_allowances as allowance (app_id, remaining, granted)
        select
          locked.id, $11::double precision - least(count(*), $11::double precision),
          least(count(*), $11::double precision)
        from allowed
        join locked on locked.id = allowed.allowed_app_id
        where not allowed.is_repeated and $11::double precision is not null
        group by locked.id
        order by locked.id
        on conflict (app_id) do update set (remaining, granted, updated_at) = (
          select available - taken, taken, greatest(allowance.updated_at, now())
          from (
            select least(
              $11::double precision,
              allowance.remaining
                + greatest(0, extract(epoch from now() - allowance.updated_at)) * $11::double precision / 3600
            ) as available
          ) as now_available,
          lateral (select least(excluded.granted, floor(available)) as taken) as now_taken
        )
        returning app_id, remaining, granted
      ),
      permitted as (
        select ranked.*
        from (
          select
            allowed.*, locked.id as locked_app_id,
            row_number() over (partition by locked.id, allowed.is_repeated order by allowed.position) as place
          from allowed
          join locked on locked.id = allowed.allowed_app_id
        ) as ranked
        left join counted on counted.app_id = ranked.locked_app_id
        where ranked.is_repeated or $11::double precision is null or ranked.place <= counted.granted
      ),
      claimed as (
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
        returning app_id, key, check_id, body_hash
      ),
      inserted as (
        insert into checks (id, app_id, target_url, metadata, triggered_by, triggered_by_user_id)
        select check_id, locked_app_id, target_url, metadata::jsonb, triggered_by, user_id
        from permitted
        where idempotency_key is null or check_id in (select check_id from claimed)
        returning id
      ),
      used as (
        update api_keys as key
        set last_used_at = now()
        from permitted
        where key.app_id = permitted.locked_app_id
          and key.key_hash = permitted.key_hash
          and (key.last_used_at is null or key.last_used_at < now() - interval '30 seconds')
      )
      select
        access.key_app_id, access.role, access.alias, access.name, access.target_url,
        case when allowed.position is null or locked.id is not null then access.app_id end as app_id,
        coalesce(claimed.check_id, asked.check_id) as check_id,
        coalesce(earlier.status, 'scheduled') as status,
        coalesce(claimed.body_hash <> asked.body_hash, false) as is_reused,
        allowed.position is not null and locked.id is null as is_locked,
        case
          when locked.id is not null and permitted.position is null
          then ceil((1 - counted.remaining) * 3600 / $11::double precision)
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
      order by position`,
    values: [...toColumns(triggers), hourlyLimit ?? null],
  });
}

function toColumns(triggers: readonly Trigger[]): unknown[][] {
  return [
    triggers.map(({ app }) => app.id),
    triggers.map(({ app }) => app.alias),
    triggers.map(({ caller }) => (caller.type === 'api_key' ? caller.key.hash : null)),
    triggers.map(({ caller }) => (caller.type === 'session' ? caller.user.id : null)),
    triggers.map(({ checkId }) => checkId),
    triggers.map(({ metadata }) => metadata.app_url ?? null),
    triggers.map(({ metadata }) => JSON.stringify(metadata)),
    triggers.map(({ idempotency }) => idempotency?.key ?? null),
    triggers.map(({ idempotency }) => idempotency?.bodyHash ?? null),
    triggers.map(({ caller }) => caller.type),
  ];
}
