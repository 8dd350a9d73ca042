import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import request from 'supertest';
import { createApp } from '../../server/app.ts';
import type { Watch } from '../../server/checks/watch.ts';
import { parseConfig } from '../../server/config.ts';
import { createDatabase, type Database, type Queryable } from '../../server/db/pool.ts';
import { startTestServer, type TestApp, type TestServer } from '../helpers/server.ts';

describe('round trips to the database', () => {
  let server: TestServer;
  let app: TestApp;
  let db: Database;
  const statements: string[] = [];

  beforeAll(async () => {
    server = await startTestServer();
    app = await server.createApp({ url: 'http://127.0.0.1:9/' });
    db = createDatabase({ connectionString: server.connectionString, onIdleError: () => {} });
  });
  afterAll(async () => {
    await db.close();
    await server.stop();
  });

  /** The application on a database that notes what it is asked. */
  function createCountedApp() {
    const counted: Queryable = {
      query: (statement) => {
        statements.push(statement.name);
        return db.query(statement);
      },
    };
    const watch: Watch = { wait: ({ read }) => read(), count: () => 0, stop: () => {} };
    const sessions = { cookieName: '', verify: async () => undefined, end: async () => {} };
    statements.length = 0;
    return createApp({
      config: parseConfig({}),
      db: counted,
      sessions,
      localIssuer: undefined,
      watch,
      logger: pino({ level: 'silent' }),
      observers: [],
      isStopping: () => false,
    });
  }

  test('a trigger is one: key, app, idempotency, check, queue and last use', async () => {
    const answer = await request(createCountedApp())
      .post(`/api/apps/${app.alias}/trigger`)
      .set('Authorization', `Bearer ${app.apiKey}`)
      .set('Idempotency-Key', 'once')
      .send({ branch: 'main' });
    expect(answer.status).toBe(202);
    expect(statements).toEqual(['trigger-checks-skip']);
    const { rows } = await server.query(
      `select last_used_at is not null as used, claim.check_id = checks.id as claimed
       from checks join idempotency_keys as claim using (app_id) join api_keys using (app_id)
       where checks.id = $1`,
      [answer.body.check_id],
    );
    expect(rows).toEqual([{ used: true, claimed: true }]);
  });

  test('a malformed key is none', async () => {
    const answer = await request(createCountedApp())
      .post(`/api/apps/${app.alias}/trigger`)
      .set('Authorization', `Bearer ${app.apiKey.slice(0, -1)}`);
    expect(answer.status).toBe(401);
    expect(statements).toEqual([]);
  });
});
