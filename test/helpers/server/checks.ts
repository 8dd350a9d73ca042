import { randomUUID } from 'node:crypto';
import type { Conclusion, FlowResult, Incomplete, Metadata } from '../../../server/features/checks/schema.ts';
import type { TestDatabase } from './database.ts';

export interface CheckOptions {
  /** `null` makes a check that stays running. */
  readonly conclusion?: Conclusion | null;
  readonly flows?: readonly FlowResult[];
  readonly error?: string | null;
  readonly incomplete?: Incomplete | null;
  readonly warnings?: readonly string[] | null;
  /** Stored unchanged, even if no trigger would accept it. */
  readonly metadata?: Metadata;
  readonly triggeredBy?: { readonly userId: string } | 'api_key' | 'schedule';
  readonly minutesAgo?: number;
  readonly seconds?: number;
}

const STATUS = { success: 'finished', failure: 'finished', error: 'failed', cancelled: 'cancelled' } as const;

/** Inserts a check with a past, which a real trigger would need time for. Returns its id. */
export async function insertCheck(
  { query }: Pick<TestDatabase, 'query'>,
  app: { readonly id: string },
  options: CheckOptions = {},
): Promise<string> {
  const { conclusion = 'success', flows = [], error = null, metadata = {} } = options;
  const { triggeredBy = 'api_key', minutesAgo = 5, seconds = 3 } = options;
  const { incomplete = null, warnings = null } = options;
  const id = randomUUID();
  const createdAt = Date.now() - minutesAgo * 60_000;
  const userId = typeof triggeredBy === 'object' ? triggeredBy.userId : null;
  await query(
    `insert into checks (id, app_id, status, conclusion, target_url, metadata, flows, error, triggered_by,
       triggered_by_user_id, created_at, started_at, finished_at, claimable_at, lease_token,
       incomplete, warnings)
     values ($1, $2, $3, $4, 'http://127.0.0.1:9/', $5, $6, $7, $8, $9, $10, $10, $11, $12, $13, $14, $15)`,
    [
      id,
      app.id,
      conclusion === null ? 'running' : STATUS[conclusion],
      conclusion,
      JSON.stringify(metadata),
      JSON.stringify(flows),
      error,
      typeof triggeredBy === 'object' ? 'session' : triggeredBy,
      userId,
      new Date(createdAt),
      conclusion === null ? null : new Date(createdAt + seconds * 1_000),
      // No worker takes this check, as if another one held it.
      conclusion === null ? new Date(Date.now() + 3_600_000) : null,
      conclusion === null ? randomUUID() : null,
      incomplete && JSON.stringify(incomplete),
      warnings,
    ],
  );
  return id;
}

export function passed(name: string, durationMs = 40): FlowResult {
  return { name, status: 'passed', duration_ms: durationMs, error: null, cause: null };
}

export function failed(name: string, error: string, durationMs = 90): FlowResult {
  return { name, status: 'failed', duration_ms: durationMs, error, cause: error };
}
