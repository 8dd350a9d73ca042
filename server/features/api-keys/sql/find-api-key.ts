import type { Queryable } from '../../../db/pool.ts';

export interface ApiKeyRow {
  readonly start: string;
  readonly last_four: string;
  readonly created_at: Date;
  readonly created_by: string | null;
  readonly created_by_email: string | null;
  readonly last_used_at: Date | null;
}

/** The stored facts about the app's key; the key itself is not stored. */
export async function findApiKey(db: Queryable, appId: string): Promise<ApiKeyRow | undefined> {
  const [row] = await db.query<ApiKeyRow>({
    name: 'find-api-key',
    text: `
      select
        key.start, key.last_four, key.created_at, key.created_by,
        creator.email as created_by_email, key.last_used_at
      from api_keys as key
      left join users as creator on creator.id = key.created_by
      where key.app_id = $1::uuid`,
    values: [appId],
  });
  return row;
}
