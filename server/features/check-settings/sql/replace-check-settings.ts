import type { RequestOrigin } from '../../../auth/request-origin.ts';
import type { SessionUser } from '../../../auth/session/session.ts';
import { type Queryable, takeRow } from '../../../db/pool.ts';
import { lockAdmin } from '../../apps/lock-admin.ts';
import type { ChosenSettings } from '../schema.ts';
import type { SecretReference } from '../secret-references.ts';

export interface SettingsChange {
  readonly appId: string;
  readonly user: SessionUser;
  readonly origin: RequestOrigin;
  readonly settings: ChosenSettings;
  readonly references: readonly SecretReference[];
  /** For the audit log. */
  readonly changedFields: readonly string[];
  /** The revision of the settings to replace. If it has changed, nothing is written. */
  readonly seenRevision: number;
}

export interface ReplacedSettings {
  /** Whether the user is still an admin of the app. */
  readonly is_admin: boolean;
  readonly is_written: boolean;
}

const ADMIN = lockAdmin({ appId: '$1::uuid', userId: '$2::uuid' });

/**
 * Replaces an app's settings, records which secrets they use, and writes an audit event. Rejects with a
 * foreign key violation if one of the secrets does not exist.
 *
 * Because it replaces only the revision that was read, this statement sees all uses that were written before.
 */
export async function replaceCheckSettings(db: Queryable, change: SettingsChange): Promise<ReplacedSettings> {
  const { appId, user, origin, settings, references, changedFields, seenRevision } = change;
  const rows = await db.query<ReplacedSettings>({
    name: 'replace-check-settings',
    text: `
      with admin as (${ADMIN}),
      written as (
        insert into check_settings as current (app_id, settings)
        select admin.app_id, $4::jsonb from admin
        on conflict (app_id) do update set
          settings = excluded.settings,
          revision = current.revision + 1
        where current.revision = $5::integer
        returning app_id
      ),
      wanted as (
        select written.app_id, use.name, use.path
        from written, unnest($6::text[], $7::text[]) as use (name, path)
      ),
      dropped as (
        delete from secret_uses as use using written
        where use.app_id = written.app_id
          and not exists (select from wanted where wanted.name = use.name and wanted.path = use.path)
      ),
      added as (
        insert into secret_uses (app_id, name, path)
        select app_id, name, path from wanted
        on conflict do nothing
      ),
      event as (
        insert into audit_events
          (app_id, action, actor_type, actor_user_id, actor_email, changed_fields, ip, user_agent)
        select app_id, 'check_settings.changed', 'user', $2::uuid, $3::text, $8::text[], $9::text, $10::text
        from written
      )
      select exists (select from admin) as is_admin, exists (select from written) as is_written`,
    values: [
      appId,
      user.id,
      user.email,
      JSON.stringify(settings),
      seenRevision,
      references.map(({ name }) => name),
      references.map(({ path }) => path),
      changedFields,
      origin.ip,
      origin.userAgent,
    ],
  });
  return takeRow(rows);
}
