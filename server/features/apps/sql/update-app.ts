import type { Queryable } from '../../../db/pool.ts';
import { isViolation } from '../../../db/violations.ts';
import type { AppRow } from '../app-row.ts';
import type { UpdateApp } from '../schema.ts';

/** Changes the given fields; `'alias_taken'` if another app has the new alias, `undefined` if the app is gone. */
export async function updateApp(
  db: Queryable,
  appId: string,
  changes: UpdateApp,
): Promise<AppRow | 'alias_taken' | undefined> {
  try {
    const [row] = await db.query<AppRow>({
      name: 'update-app',
      text: `
        update apps set
          name = coalesce($2::text, name),
          alias = coalesce($3::text, alias),
          main_branch = coalesce($4::text, main_branch),
          url = case when $5::boolean then $6::text else url end,
          repository_url = case when $7::boolean then $8::text else repository_url end
        where id = $1::uuid
        returning id, alias, name, url, main_branch, repository_url, organization_id, created_at`,
      values: [
        appId,
        changes.name ?? null,
        changes.alias ?? null,
        changes.main_branch ?? null,
        changes.url !== undefined,
        changes.url ?? null,
        changes.repository_url !== undefined,
        changes.repository_url ?? null,
      ],
    });
    return row;
  } catch (error) {
    if (isViolation(error, 'unique')) {
      return 'alias_taken';
    }
    throw error;
  }
}
