import type { Queryable } from '../../../db/pool.ts';
import type { AppRow } from '../app-row.ts';

export interface NewApp {
  readonly organizationId: string;
  readonly alias: string;
  readonly name: string;
  readonly url: string | null;
  readonly mainBranch: string;
  readonly repositoryUrl: string | null;
}

/** Adds the app; `undefined` if its alias is taken. */
export async function insertApp(db: Queryable, app: NewApp): Promise<AppRow | undefined> {
  const [row] = await db.query<AppRow>({
    name: 'insert-app',
    text: `
      insert into apps (organization_id, alias, name, url, main_branch, repository_url)
      values ($1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text)
      on conflict (alias) do nothing
      returning id, alias, name, url, main_branch, repository_url, organization_id, created_at`,
    values: [app.organizationId, app.alias, app.name, app.url, app.mainBranch, app.repositoryUrl],
  });
  return row;
}
