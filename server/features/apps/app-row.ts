import type { App, LastCheck, ListedApp } from './schema.ts';

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

/** An app and its newest check. The check's columns are all `null` if it has none. */
export interface ListedAppRow extends AppRow {
  readonly check_id: string | null;
  readonly check_status: LastCheck['status'] | null;
  readonly check_conclusion: LastCheck['conclusion'];
  readonly check_incomplete: LastCheck['incomplete'];
  readonly check_created_at: Date | null;
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
  const { check_id: id, check_status: status, check_created_at: createdAt } = row;
  return {
    ...toApp(row),
    last_check:
      id === null || status === null || createdAt === null
        ? null
        : {
            id,
            status,
            conclusion: row.check_conclusion,
            incomplete: row.check_incomplete,
            created_at: createdAt.toISOString(),
          },
  };
}
