import type { Queryable } from '../../../db/pool.ts';
import type { AuditAction } from '../schema.ts';

export interface AuditEventRow {
  readonly id: string;
  readonly action: AuditAction;
  readonly actor_type: 'user' | 'api_key' | 'secret_scanning';
  readonly actor_user_id: string | null;
  readonly actor_email: string | null;
  readonly api_key_start: string | null;
  readonly leak_url: string | null;
  readonly leak_source: string | null;
  readonly secret_name: string | null;
  readonly changed_fields: string[] | null;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly created_at: Date;
}

export interface AuditEventPage {
  readonly appId: string;
  readonly limit: number;
  /** Only events older than the one with this id. */
  readonly before: string | undefined;
}

/** An app's events, newest first. */
export async function listAuditEvents(db: Queryable, page: AuditEventPage): Promise<AuditEventRow[]> {
  return db.query<AuditEventRow>({
    name: 'list-audit-events',
    text: `
      select
        id, action, actor_type, actor_user_id, actor_email, api_key_start, leak_url, leak_source,
        secret_name, changed_fields, ip, user_agent, created_at
      from audit_events
      where app_id = $1::uuid and ($2::bigint is null or id < $2::bigint)
      order by id desc
      limit $3::integer`,
    values: [page.appId, page.before ?? null, page.limit],
  });
}
