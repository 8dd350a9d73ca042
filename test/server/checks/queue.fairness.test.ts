import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { asAdmin, trigger, withKey } from '../../helpers/network/requests.ts';
import { type Site, startSite } from '../../helpers/network/site.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { createQueuedApps, type QueuedApps } from '../../helpers/server/queued-apps.ts';
import { startTestServer, type TestServer } from '../../helpers/server/server.ts';

const FLOOD = 500;

/** Servers of one database, and a site that does not answer until the test ends. */
describe('a flood of slow checks', () => {
  let database: TestDatabase;
  let apps: QueuedApps;
  let slow: Site;
  let fast: Site;
  let answerAll: () => void;
  let servers: TestServer[];
  beforeEach(async () => {
    database = await createTestDatabase();
    apps = createQueuedApps(database);
    const answered = Promise.withResolvers<void>();
    answerAll = answered.resolve;
    slow = await startSite({ '/': { until: answered.promise, body: 'at last' } });
    fast = await startSite({ '/': 'here' });
    servers = [];
  });
  afterEach(async () => {
    answerAll();
    await Promise.all(servers.map((server) => server.stop()));
    await Promise.all([slow.stop(), fast.stop()]);
    await database.drop();
  });

  async function start(checksAtOnce = 4): Promise<TestServer> {
    const server = await startTestServer({
      database,
      env: { RUNNERS: '1', CHECKS_AT_ONCE: String(checksAtOnce) },
    });
    servers.push(server);
    return server;
  }

  test('leaves a slot for another app of the organization if one app sends it', async () => {
    const server = await start();
    const [flooding, other] = [await server.createApp(), await server.createApp({ url: fast.url })];
    await apps.queueChecks(flooding.id, { count: FLOOD, url: slow.url });
    await apps.waitFor([flooding.id], 'running', 3);
    const checkId = await trigger(server, other);
    const { body } = await withKey(server, other, 'get', `/checks/${checkId}?wait=30`);
    expect(body.conclusion).toBe('success');
    expect(await apps.count([flooding.id], 'running')).toBe(3);
    expect(await apps.count([flooding.id], 'scheduled')).toBe(FLOOD - 3);
  });

  test('leaves a slot for the organization and one for another if one app sends it', async () => {
    const organization = await apps.addOrganization();
    const flooding = await apps.addApp(organization);
    const sibling = await apps.addApp(organization);
    const other = await apps.addApp(await apps.addOrganization());
    await apps.queueChecks(flooding, { count: FLOOD, url: slow.url });
    await start();
    await apps.waitFor([flooding], 'running', 2);
    await apps.queueChecks(sibling, { url: slow.url });
    await apps.waitFor([sibling], 'running', 1);
    await apps.queueChecks(other, { url: slow.url });
    await apps.waitFor([other], 'running', 1);
    expect(await apps.count([flooding], 'running')).toBe(2);
  });

  test.each([10, 600])(
    'leaves a slot for another organization if %d apps of one organization send it',
    async (count) => {
      const organization = await apps.addOrganization();
      const flooding = await Promise.all(Array.from({ length: count }, () => apps.addApp(organization)));
      const other = await apps.addApp(await apps.addOrganization());
      await Promise.all(
        flooding.map((appId) => apps.queueChecks(appId, { count: FLOOD / 10, url: slow.url })),
      );
      await start();
      await apps.waitFor(flooding, 'running', 3);
      await apps.queueChecks(other, { url: fast.url });
      await apps.waitFor([other], 'finished', 1);
      expect(await apps.count(flooding, 'running')).toBe(3);
      expect(await apps.count(flooding, 'finished')).toBe(0);
    },
  );

  test('takes the only slot of a process, and then every second turn', async () => {
    const organization = await apps.addOrganization();
    const [flooding, other] = [await apps.addApp(organization), await apps.addApp(organization)];
    await apps.queueChecks(flooding, { count: 4, url: fast.url, dueSecondsAgo: 60 });
    await apps.queueChecks(other, { count: 2, url: fast.url });
    await start(1);
    await apps.waitFor([flooding, other], 'finished', 6);
    expect(await apps.listStarted()).toEqual([flooding, other, flooding, other, flooding, flooding]);
  });

  test('is shared evenly by two processes if two organizations send it', async () => {
    const organizations = await Promise.all([apps.addOrganization(), apps.addOrganization()]);
    const floods = await Promise.all(
      organizations.map((id) => Promise.all(Array.from({ length: 5 }, () => apps.addApp(id)))),
    );
    await Promise.all(
      floods.flat().map((appId) => apps.queueChecks(appId, { count: FLOOD / 10, url: slow.url })),
    );
    await Promise.all([start(), start()]);
    await apps.waitFor(floods.flat(), 'running', 8);
    const counts = await Promise.all(floods.map((appIds) => apps.count(appIds, 'running')));
    expect(counts).toEqual([4, 4]);
    const { rows } = await database.query(
      `select count(*)::integer as apps from (select from checks where status = 'running' group by app_id) as app`,
    );
    expect(rows).toEqual([{ apps: 8 }]);
  });

  test('ends when its app is removed, and others get its slots', async () => {
    const server = await start();
    const [flooding, other] = [await server.createApp(), await server.createApp()];
    await apps.queueChecks(flooding.id, { count: FLOOD, url: slow.url });
    await apps.waitFor([flooding.id], 'running', 3);
    await apps.queueChecks(other.id, { count: 10, url: slow.url });
    await apps.waitFor([other.id], 'running', 1);
    expect((await asAdmin(server, 'delete', `/api/apps/${flooding.id}`)).status).toBe(204);
    await apps.waitFor([other.id], 'running', 3);
    expect(await apps.count([flooding.id], 'scheduled')).toBe(0);
  });

  test('makes room for its next check when a check is cancelled', async () => {
    const server = await start();
    const flooding = await server.createApp();
    await apps.queueChecks(flooding.id, { count: FLOOD, url: slow.url });
    await apps.waitFor([flooding.id], 'running', 3);
    const { rows } = await database.query(`select id from checks where status = 'running'`);
    for (const { id } of rows) {
      await withKey(server, flooding, 'post', `/checks/${id}/cancel`);
    }
    await apps.waitFor([flooding.id], 'cancelled', 3);
    await apps.waitFor([flooding.id], 'running', 3);
    expect(await apps.count([flooding.id], 'scheduled')).toBe(FLOOD - 6);
  });
});
