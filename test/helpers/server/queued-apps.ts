import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestDatabase } from './database.ts';

export interface QueuedChecks {
  readonly count?: number;
  readonly url?: string;
  /** How long they have been due. */
  readonly dueSecondsAgo?: number;
}

/** Organizations and apps that are written straight into the database, and their checks in the queue. */
export interface QueuedApps {
  addOrganization(): Promise<string>;
  addApp(organizationId: string): Promise<string>;
  /** Queues checks as triggers do, but many at once. */
  queueChecks(appId: string, checks?: QueuedChecks): Promise<void>;
  /** How many checks of these apps have a status. */
  count(appIds: readonly string[], status: string): Promise<number>;
  /** Resolves once that many checks of these apps have a status. */
  waitFor(appIds: readonly string[], status: string, count: number): Promise<void>;
  /** The apps of all checks that were started, in the order of their first starts. */
  listStarted(): Promise<string[]>;
}

export function createQueuedApps({ query }: Pick<TestDatabase, 'query'>): QueuedApps {
  async function count(appIds: readonly string[], status: string): Promise<number> {
    const { rows } = await query(
      'select count(*)::integer as count from checks where app_id = any($1::uuid[]) and status = $2',
      [appIds, status],
    );
    return Number(rows[0]?.count);
  }

  return {
    async addOrganization() {
      const id = randomUUID();
      await query(`insert into organizations (id, name) values ($1, 'Acme')`, [id]);
      return id;
    },
    async addApp(organizationId) {
      const id = randomUUID();
      await query(`insert into apps (id, organization_id, alias, name) values ($1, $2, $3, 'App')`, [
        id,
        organizationId,
        `app-${id.slice(0, 18)}`,
      ]);
      return id;
    },
    async queueChecks(appId, { count: howMany = 1, url = 'http://127.0.0.1:9/', dueSecondsAgo = 0 } = {}) {
      await query(
        `with queued as (
           insert into checks (id, app_id, target_url, triggered_by, claimable_at)
           select gen_random_uuid(), $1, $2, 'api_key', now() - make_interval(secs => $3)
           from generate_series(1, $4::integer)
         )
         select pg_notify('qassandra_check_scheduled', '')`,
        [appId, url, dueSecondsAgo, howMany],
      );
    },
    count,
    async waitFor(appIds, status, expected) {
      while ((await count(appIds, status)) !== expected) {
        await sleep(10);
      }
    },
    async listStarted() {
      const { rows } = await query(
        'select app_id from checks where started_at is not null order by started_at, created_at',
      );
      return rows.map((row) => String(row.app_id));
    },
  };
}
