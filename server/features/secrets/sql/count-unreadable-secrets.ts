import { type Queryable, takeRow } from '../../../db/pool.ts';

export interface UnreadableSecrets {
  readonly apps: number;
  readonly secrets: number;
}

/** How many secrets other keys than these encrypted, and of how many apps. */
export async function countUnreadableSecrets(
  db: Queryable,
  keyIds: readonly string[],
): Promise<UnreadableSecrets> {
  const rows = await db.query<UnreadableSecrets>({
    name: 'count-unreadable-secrets',
    text: `
      select count(distinct app_id)::integer as apps, count(*)::integer as secrets
      from secrets
      where key_id <> all($1::text[])`,
    values: [keyIds],
  });
  return takeRow(rows);
}
