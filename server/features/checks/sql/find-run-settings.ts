import type { Queryable } from '../../../db/pool.ts';
import type { ChosenSettings } from '../../check-settings/schema.ts';

export interface StoredSecret {
  readonly name: string;
  readonly key_id: string;
  /** In base64. */
  readonly nonce: string;
  readonly ciphertext: string;
}

export interface RunSettings {
  readonly settings: ChosenSettings;
  readonly app_url: string | null;
  /** At least the secrets that the settings refer to. */
  readonly secrets: readonly StoredSecret[];
}

/**
 * The settings of a check (the ones that it tries, else its app's) and their secrets. `undefined` if the check is gone.
 */
export async function findRunSettings(db: Queryable, checkId: string): Promise<RunSettings | undefined> {
  const [row] = await db.query<RunSettings>({
    name: 'find-run-settings',
    text: `
      select
        run.settings, run.app_url,
        coalesce(
          (
            select json_agg(
              json_build_object(
                'name', secret.name,
                'key_id', secret.key_id,
                'nonce', encode(secret.nonce, 'base64'),
                'ciphertext', encode(secret.ciphertext, 'base64')
              )
            )
            from secrets as secret
            where secret.app_id = run.app_id and strpos(run.settings::text, secret.name) > 0
          ),
          '[]'::json
        ) as secrets
      from (
        select checks.app_id, app.url as app_url, coalesce(checks.settings, chosen.settings, '{}') as settings
        from checks
        join apps as app on app.id = checks.app_id
        left join check_settings as chosen on chosen.app_id = checks.app_id
        where checks.id = $1::uuid
        limit 1
      ) as run`,
    values: [checkId],
  });
  return row;
}
