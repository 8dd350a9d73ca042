import { afterEach, beforeEach, describe, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../helpers/server/database.ts';
import { runKillRounds } from './helpers/kill-rounds.ts';
import { pick } from './helpers/scale.ts';

describe('kill -9 of runners and of the processes of checks', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  test('keeps every acknowledged trigger and ends it exactly once', async () => {
    await runKillRounds({
      scenario: 'kill -9, runners and checks',
      rounds: pick({ full: 50, short: 3 }),
      env: { DATABASE_URL: database.connectionString },
      victims: ['runners', 'checks', 'server', 'both'],
      query: database.query,
    });
  }, 600_000);
});
