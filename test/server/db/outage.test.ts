import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { asAdmin, trigger, withKey } from '../../helpers/network/requests.ts';
import { startSite } from '../../helpers/network/site.ts';
import { startTcpProxy, type TcpProxy } from '../../helpers/network/tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

/** The server reaches its database through a proxy, which the tests cut. */
describe('an outage of the database', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let server: TestServer;
  let site: Awaited<ReturnType<typeof startSite>>;
  let app: TestApp;

  beforeEach(async () => {
    database = await createTestDatabase();
    const direct = new URL(database.connectionString);
    proxy = await startTcpProxy({ host: direct.hostname, port: Number(direct.port || 5432) });
    const connectionString = Object.assign(direct, { hostname: '127.0.0.1', port: String(proxy.port) }).href;
    server = await startTestServer({ database: { ...database, connectionString }, env: { RUNNERS: '1' } });
    site = await startSite({ '/': 'fine', '/slow': { body: 'slow', delayMs: 3_000 } });
    app = await server.createApp({ url: site.url });
  });
  afterEach(async () => {
    await proxy.restore();
    await server.stop();
    await proxy.stop();
    await database.drop();
    await site.stop();
  });

  const recover = async () => {
    await proxy.restore();
    while ((await request(server.url).get('/readyz')).status !== 200) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  test('makes every route answer 503 with Retry-After, without the cause', async () => {
    await proxy.cut();
    const answers = await Promise.all([
      withKey(server, app, 'post', '/trigger').send({}),
      withKey(server, app, 'get', '/checks'),
      withKey(server, app, 'get'),
      asAdmin(server, 'get', '/api/apps'),
      asAdmin(server, 'post', `/api/apps/${app.id}/api-key`),
    ]);
    for (const { status, headers, body, text } of answers) {
      expect([status, body.code]).toEqual([503, 'database_unavailable']);
      expect(headers['retry-after']).toMatch(/^\d+$/);
      expect(text).not.toContain('ECONN');
    }
    expect((await request(server.url).get('/readyz')).status).toBe(503);
    expect((await request(server.url).get('/healthz')).status).toBe(200);
  });

  test('is answered in bounded time also when the database hangs', async () => {
    proxy.hang();
    expect((await withKey(server, app, 'post', '/trigger').send({})).status).toBe(503);
    await proxy.cut();
  });

  test('ends without a restart: triggers, checks and waits work again', async () => {
    await proxy.cut();
    await recover();
    const checkId = await trigger(server, app);
    const answer = await withKey(server, app, 'get', `/checks/${checkId}?wait=30`);
    expect(answer.body.conclusion).toBe('success');
  }, 60_000);

  test('does not lose the result of a check that was running', async () => {
    const checkId = await trigger(server, app, { app_url: `${site.url}/slow` });
    while ((await withKey(server, app, 'get', `/checks/${checkId}`)).body.status === 'scheduled') {
      await withKey(server, app, 'get', `/checks/${checkId}?wait=1&after=1`);
    }
    await proxy.cut();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await recover();
    const answer = await withKey(server, app, 'get', `/checks/${checkId}?wait=30`);
    expect(answer.body).toMatchObject({ status: 'finished', conclusion: 'success' });
    const { rows } = await database.query('select attempts from checks where id = $1', [checkId]);
    expect(rows).toEqual([{ attempts: 1 }]);
  }, 60_000);

  test('does not leave a wait unanswered when notifications were lost', async () => {
    const checkId = await trigger(server, app, { app_url: `${site.url}/slow` });
    const waiting = withKey(server, app, 'get', `/checks/${checkId}?wait=60`).then(
      ({ body }) => body.conclusion,
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'qassandra listen' and datname = current_database()`,
    );
    expect(await waiting).toBe('success');
  }, 60_000);
});
