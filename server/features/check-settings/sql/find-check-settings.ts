import type { Queryable } from '../../../db/pool.ts';
import type { ChosenSettings } from '../schema.ts';

export interface CheckSettingsRow {
  readonly settings: ChosenSettings;
  readonly revision: number;
}

/** The chosen settings of an app; the revision is 0 if nothing was ever chosen. */
export async function findCheckSettings(db: Queryable, appId: string): Promise<CheckSettingsRow> {
  const [row] = await db.query<CheckSettingsRow>({
    name: 'find-check-settings',
    text: 'select settings, revision from check_settings where app_id = $1::uuid',
    values: [appId],
  });
  return row ?? { settings: {}, revision: 0 };
}
