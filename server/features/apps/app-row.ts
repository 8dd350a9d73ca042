import type { App, ListedApp, ListedCheck, RecentConclusion } from './schema.ts';

/** A stored app. */
export interface AppRow {
  readonly id: string;
  readonly alias: string;
  readonly name: string;
  readonly url: string | null;
  readonly main_branch: string;
  readonly repository_url: string | null;
  readonly organization_id: string;
  readonly created_at: Date;
}

/** An app with what the list shows of its checks. */
export interface ListedAppRow extends AppRow {
  readonly main_check: ListedCheck | null;
  readonly last_check: ListedCheck | null;
  readonly conclusions: RecentConclusion[];
}

export function toApp(row: AppRow): App {
  return {
    id: row.id,
    alias: row.alias,
    name: row.name,
    url: row.url,
    main_branch: row.main_branch,
    repository_url: row.repository_url,
    organization_id: row.organization_id,
    created_at: row.created_at.toISOString(),
  };
}

export function toListedApp(row: ListedAppRow): ListedApp {
  return {
    ...toApp(row),
    main_check: row.main_check && toListedCheck(row.main_check),
    last_check: row.last_check && toListedCheck(row.last_check),
    recent_conclusions: row.conclusions,
  };
}

/** PostgreSQL writes times into JSON in a form of its own. */
function toListedCheck(check: ListedCheck): ListedCheck {
  return { ...check, created_at: new Date(check.created_at).toISOString() };
}
