import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createDatabase, type Database, type Queryable } from '../../../server/db/pool.ts';
import { startQueue } from '../../../server/features/checks/queue/queue.ts';
import { createSecretBox } from '../../../server/features/secrets/secret-box.ts';
import { passed } from '../../helpers/server/checks.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';

const CHECKS = 24;

describe('the queue', () => {
  let database: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    database = await createTestDatabase();
    db = createDatabase({ connectionString: database.connectionString, onIdleError: () => {} });
    await database.query(
      `with organization as (insert into organizations (name) values ('acme') returning id)
       insert into apps (organization_id, alias, name)
       select id, alias, 'Shop' from organization, unnest(array['shop', 'blog']) as alias`,
    );
  });
  afterAll(async () => {
    await db.close();
    await database.drop();
  });

  interface RunAllOptions {
    readonly checksAtOnce?: number;
    /** Absent as in a process without an API. */
    readonly isPressed?: () => boolean;
    readonly runMs?: number;
  }

  interface Run {
    /** Milliseconds between each claim and the next. */
    readonly pauses: readonly number[];
    readonly mostAtOnce: number;
  }

  async function runAll({ checksAtOnce = 4, runMs = 0, ...pressure }: RunAllOptions): Promise<Run> {
    await database.query(
      `insert into checks (id, app_id, target_url, triggered_by)
       select gen_random_uuid(), apps.id, 'http://127.0.0.1:9/', 'api_key' from apps, generate_series(1, $1)`,
      [CHECKS / 2],
    );
    const claimedAt: number[] = [];
    const noted: Queryable = {
      query: (statement) => {
        if (statement.name === 'claim-checks') {
          claimedAt.push(performance.now());
        }
        return db.query(statement);
      },
    };
    const allEnded = Promise.withResolvers<void>();
    let running = 0;
    let mostAtOnce = 0;
    let ended = 0;
    const queue = startQueue({
      db: noted,
      listener: { subscribe: () => {}, notify: () => {}, stop: async () => {} },
      runner: {
        async *run() {
          await sleep(runMs);
          yield { flow: passed(`GET /${randomUUID()}`) };
        },
      },
      secretBox: createSecretBox([]),
      checksAtOnce,
      ...pressure,
      logger: pino({ level: 'silent' }),
      observers: [
        {
          observeCheck: async (_check, run) => {
            running += 1;
            mostAtOnce = Math.max(mostAtOnce, running);
            const conclusion = await run();
            running -= 1;
            ended += 1;
            if (ended === CHECKS) {
              allEnded.resolve();
            }
            return conclusion;
          },
        },
      ],
    });
    await allEnded.promise;
    await queue.stop();
    return { pauses: claimedAt.slice(1).map((at, index) => at - (claimedAt[index] ?? 0)), mostAtOnce };
  }

  test('pauses between two claims while triggers flood in, and leaves no check', async () => {
    const { pauses } = await runAll({ isPressed: () => true });
    expect(pauses.length).toBeGreaterThanOrEqual(CHECKS / 4 - 1);
    // A timer may be a millisecond early.
    expect(Math.min(...pauses)).toBeGreaterThan(48);
  });

  test('claims as soon as checks end while no triggers flood in, and in a process without an API', async () => {
    for (const options of [{ isPressed: () => false }, {}]) {
      const { pauses } = await runAll(options);
      expect(Math.min(...pauses)).toBeLessThan(48);
    }
  });

  test.each([1, 4, 9])(
    'runs up to %d checks at the same time if the setting says so',
    async (checksAtOnce) => {
      expect((await runAll({ checksAtOnce, runMs: 20 })).mostAtOnce).toBe(checksAtOnce);
    },
  );
});
