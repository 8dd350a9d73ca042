import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { generateApiKey } from '../../../server/auth/keys/api-key.ts';
import { createDatabase, type Database } from '../../../server/db/pool.ts';
import { createCountedApp } from '../../helpers/server/counted-app.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

describe('round trips to the database', () => {
  let server: TestServer;
  let app: TestApp;
  let db: Database;

  beforeAll(async () => {
    server = await startTestServer();
    app = await server.createApp({ url: 'http://127.0.0.1:9/' });
    db = createDatabase({ connectionString: server.connectionString, onIdleError: () => {} });
  });
  afterAll(async () => {
    await db.close();
    await server.stop();
  });

  async function trigger(apiKey: string, env = {}) {
    const { app: counted, statements } = createCountedApp(db, { env });
    const answer = await request(counted)
      .post(`/api/apps/${app.alias}/trigger`)
      .set('Authorization', `Bearer ${apiKey}`)
      .set('Idempotency-Key', 'once')
      .send({ branch: 'main' });
    return { answer, names: statements.map(({ name }) => name) };
  }

  test('a trigger needs one round trip for key, app, idempotency, check, queue and last use', async () => {
    const { answer, names } = await trigger(app.apiKey);
    expect(answer.status).toBe(202);
    expect(names).toEqual(['trigger-checks-skip']);
    const { rows } = await server.query(
      `select last_used_at is not null as used, claim.check_id = checks.id as claimed
       from checks join idempotency_keys as claim using (app_id) join api_keys using (app_id)
       where checks.id = $1`,
      [answer.body.check_id],
    );
    expect(rows).toEqual([{ used: true, claimed: true }]);
  });

  test('a malformed key needs no round trip', async () => {
    const { answer, names } = await trigger(app.apiKey.slice(0, -1));
    expect(answer.status).toBe(401);
    expect(names).toEqual([]);
  });

  test('a key that is not in force is looked up, counted by address and by start, and noted', async () => {
    const { answer, names } = await trigger(generateApiKey());
    expect(answer.status).toBe(401);
    const count = 'failed_authentications:rlflx-upsert';
    expect(names).toEqual(['trigger-checks-skip', count, count, 'record-refused-key']);
  });
});
