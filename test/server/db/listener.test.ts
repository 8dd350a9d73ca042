import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import { type Listener, startListener } from '../../../server/db/listener.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';

const CHANNEL = 'qassandra_check_scheduled';

describe('notifications of a process', () => {
  let database: TestDatabase;
  let ours: Listener;
  let heardHere: (string | undefined)[];
  /** Stands for another process. */
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

  test('reach the process itself at once and exactly once, and other processes too', async () => {
    // The listener reports a new connection as a gap in which it may have missed notifications.
    await waitUntil(() => heardHere.length === 1);
    ours.notify(CHANNEL);
    expect(heardHere).toEqual([undefined, '']);
    await waitUntil(() => heardThere === 1);
    // This notification arrives after all earlier ones, so none of those is still on its way.
    await other.query(`notify ${CHANNEL}, 'last'`);
    await waitUntil(() => heardHere.at(-1) === 'last');
    expect(heardHere).toEqual([undefined, '', 'last']);
  });

  test('are combined for other processes when there are many', async () => {
    await waitUntil(() => heardHere.length === 1);
    for (let count = 0; count < 100; count += 1) {
      ours.notify(CHANNEL);
    }
    expect(heardHere).toHaveLength(101);
    await waitUntil(() => heardThere > 0);
    await other.query('select pg_sleep(0.1)');
    expect(heardThere).toBeLessThanOrEqual(2);
  });

  test('reach other processes when they were sent just before a stop', async () => {
    await waitUntil(() => heardHere.length === 1);
    ours.notify(CHANNEL, 'first');
    ours.notify(CHANNEL, 'last');
    await ours.stop();
    await waitUntil(() => heardThere === 2);
  });

  test('reach the process itself without a connection, and other processes once connected', async () => {
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
