import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import { type Listener, startListener } from '../../../server/db/listener.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';

const CHANNEL = 'qassandra_check_scheduled';

describe('what a process notifies', () => {
  let database: TestDatabase;
  let ours: Listener;
  let heardHere: (string | undefined)[];
  /** Another process. */
  let other: pg.Client;
  let heardThere: number;

  beforeEach(async () => {
    database = await createTestDatabase();
    other = new pg.Client({ connectionString: database.connectionString });
    await other.connect();
    heardThere = 0;
    other.on('notification', () => {
      heardThere += 1;
    });
    await other.query(`listen ${CHANNEL}`);
    heardHere = [];
    ours = startListener(database.connectionString, pino({ level: 'silent' }));
    ours.subscribe(CHANNEL, (payload) => heardHere.push(payload));
  });
  afterEach(async () => {
    await ours.stop();
    await other.end();
    await database.drop();
  });

  async function waitUntil(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await sleep(10);
    }
  }

  test('is heard by itself at once and once, and by others too', async () => {
    // That it was connected is told as a time in which it may have missed something.
    await waitUntil(() => heardHere.length === 1);
    ours.notify(CHANNEL);
    expect(heardHere).toEqual([undefined, '']);
    await waitUntil(() => heardThere === 1);
    // A statement of its own connection comes after what that connection was told.
    await other.query(`notify ${CHANNEL}, 'last'`);
    await waitUntil(() => heardHere.at(-1) === 'last');
    expect(heardHere).toEqual([undefined, '', 'last']);
  });

  test('many times at once is told to others a few times', async () => {
    await waitUntil(() => heardHere.length === 1);
    for (let count = 0; count < 100; count += 1) {
      ours.notify(CHANNEL);
    }
    expect(heardHere).toHaveLength(101);
    await waitUntil(() => heardThere > 0);
    await other.query('select pg_sleep(0.1)');
    expect(heardThere).toBeLessThanOrEqual(2);
  });

  test('a moment before it stops is told to others', async () => {
    await waitUntil(() => heardHere.length === 1);
    ours.notify(CHANNEL, 'first');
    ours.notify(CHANNEL, 'last');
    await ours.stop();
    await waitUntil(() => heardThere === 2);
  });

  test('while it has no connection is heard by itself, and by others when there is one', async () => {
    ours.notify(CHANNEL);
    expect(heardHere).toEqual(['']);
    await waitUntil(() => heardThere === 1);
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'qassandra listen' and datname = current_database()`,
    );
    ours.notify(CHANNEL);
    await waitUntil(() => heardThere === 2);
  });
});
