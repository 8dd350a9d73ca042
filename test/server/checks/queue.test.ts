import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createDatabase, type Database, type Queryable } from '../../../server/db/pool.ts';
import { startQueue } from '../../../server/features/checks/queue.ts';
import { passed } from '../../helpers/server/checks.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';

const CHECKS = 24;

/** A queue that is always told the same of the triggers. */
describe('checks that wait while triggers flood in', () => {
  let database: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    database = await createTestDatabase();
    db = createDatabase({ connectionString: database.connectionString, onIdleError: () => {} });
    await database.query(
      `with organization as (insert into organizations (name) values ('acme') returning id)
       insert into apps (organization_id, alias, name) select id, 'shop', 'Shop' from organization`,
    );
  });
  afterAll(async () => {
    await db.close();
    await database.drop();
  });

  async function runAll({ isPressed }: { isPressed: boolean }): Promise<number[]> {
    await database.query(
      `insert into checks (id, app_id, target_url, triggered_by)
       select gen_random_uuid(), apps.id, 'http://127.0.0.1:9/', 'api_key' from apps, generate_series(1, $1)`,
      [CHECKS],
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
    let ended = 0;
    const queue = startQueue({
      db: noted,
      listener: { subscribe: () => {}, notify: () => {}, stop: async () => {} },
      runner: {
        async *run() {
          yield { flow: passed(`GET /${randomUUID()}`) };
        },
      },
      triggers: { isPressed: () => isPressed },
      logger: pino({ level: 'silent' }),
      observers: [
        {
          observeRequest: (_req, _res, next) => next(),
          observeCheck: async (_check, run) => {
            const conclusion = await run();
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
    return claimedAt.slice(1).map((at, index) => at - (claimedAt[index] ?? 0));
  }

  test('are claimed with a pause between two claims, the first at once, and none is left', async () => {
    const pauses = await runAll({ isPressed: true });
    expect(pauses.length).toBeGreaterThanOrEqual(CHECKS / 4 - 1);
    // A timer may be a millisecond early.
    expect(Math.min(...pauses)).toBeGreaterThan(48);
  });

  test('are claimed as fast as they end while none floods', async () => {
    const pauses = await runAll({ isPressed: false });
    expect(Math.min(...pauses)).toBeLessThan(48);
  });
});
