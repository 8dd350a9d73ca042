import type { RequestOrigin } from '../../../auth/request-origin.ts';
import type { Queryable } from '../../../db/pool.ts';
import type { AppReference } from '../app-reference.ts';

export interface RefusedKey {
  readonly app: AppReference;
  readonly keyStart: string;
  readonly origin: RequestOrigin;
}

/**
 * Writes to the audit log of the requested app that a key was refused. At most once a minute for the same start and
 * address, and 20 times a minute for an app, so that clients with old or made-up keys do not flood the log. Does
 * nothing if there is no such app.
 */
export async function recordRefusedKey(db: Queryable, { app, keyStart, origin }: RefusedKey): Promise<void> {
  await db.query({
    name: 'record-refused-key',
    text: `
      insert into audit_events (app_id, action, actor_type, api_key_start, ip, user_agent)
      select app.id, 'api_key.refused', 'api_key', $3::text, $4::text, $5::text
      from apps as app
      where (app.id = $1::uuid or app.alias = $2::text)
        and not exists (
          select from audit_events as event
          where event.app_id = app.id
            and event.action = 'api_key.refused'
            and event.api_key_start = $3::text
            and event.ip is not distinct from $4::text
            and event.created_at > now() - interval '1 minute'
        )
        and 20 > (
          select count(*) from audit_events as event
          where event.app_id = app.id
            and event.action = 'api_key.refused'
            and event.created_at > now() - interval '1 minute'
        )`,
    values: [app.id, app.alias, keyStart, origin.ip, origin.userAgent],
  });
}
