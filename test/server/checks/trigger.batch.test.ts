import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { DatabaseUnavailableError } from '../../../server/db/database-unavailable-error.ts';
import { createDatabase, type Database, type Queryable, type Statement } from '../../../server/db/pool.ts';
import type { Trigger } from '../../../server/features/checks/sql/trigger-checks.ts';
import { createTriggerWriter } from '../../../server/features/checks/trigger/trigger-writer.ts';
import { withKey } from '../../helpers/network/requests.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

describe('simultaneous triggers', () => {
  let server: TestServer;
  let app: TestApp;
  let db: Database;

  beforeEach(async () => {
    server = await startTestServer();
    app = await server.createApp({ url: 'http://127.0.0.1:9/' });
    db = createDatabase({ connectionString: server.connectionString, onIdleError: () => {} });
  });
  afterEach(async () => {
    await db.close();
    await server.stop();
  });

  const post = (branch: string, to = app) => withKey(server, to, 'post', '/trigger').send({ branch });
  const countChecks = async () =>
    (await server.query('select count(*)::int as count from checks')).rows[0]?.count;

  /** Triggers by the app's own key, whose hash is read from the database. */
  async function createTriggers(count: number): Promise<Trigger[]> {
    const { rows } = await server.query('select key_hash from api_keys where app_id = $1', [app.id]);
    const hash = rows[0]?.key_hash;
    if (!Buffer.isBuffer(hash)) {
      throw new Error('The app has no key.');
    }
    return Array.from({ length: count }, () => ({
      caller: {
        type: 'api_key',
        key: { hash, start: 'qsk_test', lastFour: 'test' },
        origin: { ip: '127.0.0.1', userAgent: null },
        settle: async () => {},
      },
      app: { id: app.id, alias: null },
      checkId: randomUUID(),
      metadata: {},
      idempotency: undefined,
    }));
  }

  test('share a statement with those that arrived while earlier ones were being stored', async () => {
    const statements: Statement[] = [];
    const gate = Promise.withResolvers<void>();
    const gated: Queryable = {
      async query(statement) {
        statements.push(statement);
        await gate.promise;
        return db.query(statement);
      },
    };
    const { write } = createTriggerWriter({ db: gated, hourlyLimit: undefined, onStored: () => {} });
    const written = (await createTriggers(20)).map((trigger) => write(trigger));
    // The first trigger is sent at once: it does not wait for others.
    expect(statements).toHaveLength(1);
    gate.resolve();
    const rows = await Promise.all(written);
    expect(statements).toHaveLength(2);
    expect(new Set(rows.map(({ check_id }) => check_id)).size).toBe(20);
    expect(await countChecks()).toBe(20);
  });

  test.each([
    ['report pressure when many are stored together', true],
    ['report no pressure when their key is not in force', false],
  ])('%s', async (_name, isInForce) => {
    const triggers = await createTriggers(10);
    if (!isInForce) {
      await server.query('delete from api_keys where app_id = $1', [app.id]);
    }
    const last = triggers.splice(9);
    const gate = Promise.withResolvers<void>();
    const pressed: boolean[] = [];
    const written: Promise<unknown>[] = [];
    const writer = createTriggerWriter({
      db: {
        async query(statement) {
          pressed.push(writer.isPressed());
          if (pressed.length === 2) {
            // This trigger waits for the next statement.
            written.push(...last.map((trigger) => writer.write(trigger)));
          }
          await gate.promise;
          return db.query(statement);
        },
      },
      hourlyLimit: undefined,
      onStored: () => {},
    });
    written.push(...triggers.map((trigger) => writer.write(trigger)));
    gate.resolve();
    await Promise.all(written);
    // `written` now also holds the trigger that was added meanwhile.
    await Promise.all(written);
    // The first trigger has a statement of its own, the next eight share one, and the last one follows.
    expect(pressed).toEqual([false, false, isInForce]);
  });

  test('are all refused when the database does not answer an earlier one, without another statement', async () => {
    let asked = 0;
    const gate = Promise.withResolvers<never>();
    const { write } = createTriggerWriter({
      db: {
        query: () => {
          asked += 1;
          return gate.promise;
        },
      },
      hourlyLimit: undefined,
      onStored: () => {},
    });
    const written = Promise.allSettled((await createTriggers(200)).map((trigger) => write(trigger)));
    const reason = new DatabaseUnavailableError({});
    gate.reject(reason);
    expect(await written).toEqual(Array.from({ length: 200 }, () => ({ status: 'rejected', reason })));
    expect(asked).toBe(1);
  });

  test('do not fail with the trigger that makes their statement fail', async () => {
    await server.query(`
      create function refuse() returns trigger language plpgsql as $$ begin raise 'no' ; end $$;
      create trigger refuse before insert on checks for each row
        when (new.metadata ->> 'branch' = 'poison') execute function refuse()`);
    const branches = Array.from({ length: 24 }, (_, index) => (index % 8 === 7 ? 'poison' : `b${index}`));
    const answers = await Promise.all(
      branches.map(async (branch) => [branch, (await post(branch)).status] as const),
    );
    expect(answers).toEqual(branches.map((branch) => [branch, branch === 'poison' ? 500 : 202]));
    expect(await countChecks()).toBe(21);
  });

  test('do not wait for a locked app, whose own triggers are stored once it is unlocked', async () => {
    const held = await server.createApp({ url: 'http://127.0.0.1:9/' });
    const holder = new pg.Client({ connectionString: server.connectionString });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select from apps where id = $1 for update', [held.id]);
    const waiting = Promise.all(Array.from({ length: 8 }, (_, index) => post(`held${index}`, held)));
    const passed = await Promise.all(Array.from({ length: 8 }, (_, index) => post(`b${index}`)));
    expect(passed.map(({ status }) => status)).toEqual(Array(8).fill(202));
    await holder.query('commit');
    await holder.end();
    expect((await waiting).map(({ status }) => status)).toEqual(Array(8).fill(202));
  });

  test('make one check per app with one idempotency key, and two apps may use the same key', async () => {
    const other = await server.createApp({ url: 'http://127.0.0.1:9/' });
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        post('main', index % 2 === 0 ? app : other)
          .set('Idempotency-Key', `key-${index % 3}`)
          .then(({ status, body }) => [status, body.app_id, index % 3, body.check_id].join()),
      ),
    );
    expect(new Set(answers).size).toBe(6);
    expect(answers.every((answer) => answer.startsWith('202,'))).toBe(true);
    expect(await countChecks()).toBe(6);
  });

  test('are each answered with their own check when they share a statement', async () => {
    const branches = Array.from({ length: 100 }, (_, index) => `branch-${index}`);
    const answers = await Promise.all(branches.map((branch) => post(branch)));
    const { rows } = await server.query(`select id, metadata ->> 'branch' as branch from checks`);
    const stored = new Map(rows.map(({ id, branch }) => [id, branch]));
    expect(answers.map(({ body }) => stored.get(body.check_id))).toEqual(branches);
  });
});
