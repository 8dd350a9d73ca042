import type { App } from './schema.ts';

/** An app as the database has it. */
export interface AppRow {
  readonly id: string;
  readonly alias: string;
  readonly name: string;
  readonly url: string | null;
  readonly main_branch: string;
  readonly organization_id: string;
  readonly created_at: Date;
}

export function toApp(row: AppRow): App {
  return {
    id: row.id,
    alias: row.alias,
    name: row.name,
    url: row.url,
    main_branch: row.main_branch,
    organization_id: row.organization_id,
    created_at: row.created_at.toISOString(),
  };
}
