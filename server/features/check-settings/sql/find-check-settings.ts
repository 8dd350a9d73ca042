import type { Queryable } from '../../../db/pool.ts';
import type { ChosenSettings } from '../schema.ts';

export interface CheckSettingsRow {
  readonly settings: ChosenSettings;
  readonly revision: number;
}

/** What was chosen for an app; the revision is 0 where nothing ever was. */
export async function findCheckSettings(db: Queryable, appId: string): Promise<CheckSettingsRow> {
  const [row] = await db.query<CheckSettingsRow>({
    name: 'find-check-settings',
    text: 'select settings, revision from check_settings where app_id = $1::uuid',
    values: [appId],
  });
  return row ?? { settings: {}, revision: 0 };
}
