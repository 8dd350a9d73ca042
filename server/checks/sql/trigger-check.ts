import type { AppReference } from '../../apps/app-reference.ts';
import type { Access } from '../../apps/sql/find-app-access.ts';
import type { Caller } from '../../auth/caller.ts';
import { type Queryable, takeRow } from '../../db/pool.ts';
import type { CheckStatus, Metadata } from '../schema.ts';

export interface Trigger {
  readonly caller: Caller;
  readonly app: AppReference;
  /** The new check's id, unless an earlier trigger with the same idempotency key made one. */
  readonly checkId: string;
  readonly metadata: Metadata;
  readonly idempotencyKey: string | undefined;
  /** What "the same trigger" means. */
  readonly bodyHash: Buffer;
}

export interface TriggerRow extends Access {
  readonly alias: string;
  readonly name: string;
  readonly target_url: string | null;
  readonly check_id: string;
  readonly status: CheckStatus;
  /** Whether the idempotency key came with another body before. */
  readonly is_reused: boolean;
}

/**
 * The whole of a trigger in one round trip: finds the key or the member, and the app; claims the idempotency
 * key; stores the check, which queues it; notes the key's use; wakes the workers. It writes only where the
 * caller may (the same rule as `enforceAccess`, which says what was wrong otherwise); when it returns, the
 * check is durable.
 *
 * The upsert on the idempotency key waits for a trigger with the same one that is under way elsewhere, whose
 * check this statement's snapshot cannot see: it was scheduled a moment ago.
 */
export async function triggerCheck(db: Queryable, trigger: Trigger): Promise<TriggerRow> {
  const { caller, app, metadata } = trigger;
  const rows = await db.query<TriggerRow>({
    name: 'trigger-check',
    text: `
      with access as (
        select
          key.app_id as key_app_id, member.role,
          app.id as app_id, app.alias, app.name, coalesce($6::text, app.url) as target_url
        from (select) as always
        left join apps as app on app.id = $1::uuid or app.alias = $2::text
        left join api_keys as key on key.key_hash = $3::bytea
        left join members as member
          on member.organization_id = app.organization_id and member.user_id = $4::uuid
      ),
      allowed as (
        select app_id, target_url
        from access
        where (key_app_id = app_id or role in ('member', 'admin'))
          and (
            target_url is not null
            -- A repeated trigger is answered as the first time, whatever became of the app's URL.
            or exists (
              select from idempotency_keys as claim
              where claim.app_id = access.app_id
                and claim.key = $8::text
                and claim.created_at >= now() - interval '24 hours'
            )
          )
      ),
      permitted as (
        -- Locked before anything else of the app is, as by whoever removes it: so the two never wait for each
        -- other, and an app that was removed a moment ago is seen to be.
        select allowed.app_id, allowed.target_url
        from allowed
        join apps as app on app.id = allowed.app_id
        for key share of app
      ),
      claimed as (
        insert into idempotency_keys as claim (app_id, key, body_hash, check_id)
        select app_id, $8::text, $9::bytea, $5::uuid
        from permitted
        where $8::text is not null
        on conflict (app_id, key) do update set
          body_hash = case when claim.created_at < now() - interval '24 hours'
            then excluded.body_hash else claim.body_hash end,
          check_id = case when claim.created_at < now() - interval '24 hours'
            then excluded.check_id else claim.check_id end,
          created_at = case when claim.created_at < now() - interval '24 hours'
            then excluded.created_at else claim.created_at end
        returning check_id, body_hash
      ),
      inserted as (
        insert into checks (id, app_id, target_url, metadata, triggered_by, triggered_by_user_id)
        select $5::uuid, app_id, target_url, $7::jsonb, $10::text, $4::uuid
        from permitted
        where $8::text is null or exists (select from claimed where check_id = $5::uuid)
        returning id, status
      ),
      used as (
        update api_keys as key
        set last_used_at = now()
        from permitted
        where key.app_id = permitted.app_id
          and key.key_hash = $3::bytea
          and (key.last_used_at is null or key.last_used_at < now() - interval '30 seconds')
      )
      select
        access.key_app_id, access.role, access.alias, access.name, access.target_url,
        case when allowed.app_id is null or permitted.app_id is not null then access.app_id end as app_id,
        coalesce(claimed.check_id, $5::uuid) as check_id,
        coalesce(earlier.status, 'scheduled') as status,
        coalesce(claimed.body_hash <> $9::bytea, false) as is_reused,
        case when inserted.id is not null then pg_notify('qassandra_check_scheduled', '') end as woken
      from access
      left join allowed on true
      left join permitted on true
      left join claimed on true
      left join inserted on true
      left join checks as earlier on earlier.id = claimed.check_id`,
    values: [
      app.id,
      app.alias,
      caller.type === 'api_key' ? caller.key.hash : null,
      caller.type === 'session' ? caller.user.id : null,
      trigger.checkId,
      metadata.app_url ?? null,
      JSON.stringify(metadata),
      trigger.idempotencyKey ?? null,
      trigger.bodyHash,
      caller.type,
    ],
  });
  return takeRow(rows);
}
