import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateApiKey } from '../../../server/auth/keys/api-key.ts';
import { trigger, withKey } from '../../helpers/network/requests.ts';
import { type Site, startSite } from '../../helpers/network/site.ts';
import { startTcpProxy, type TcpProxy } from '../../helpers/network/tcp-proxy.ts';
import { findTestPort } from '../../helpers/network/test-port.ts';
import { scrape as scrapePort } from '../../helpers/observe/scrape.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

const CHECK_ROUTE = 'method="GET",route="/api/apps/:app/checks/:check"';

describe('metrics', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let server: TestServer;
  let port: number;
  let app: TestApp;
  let site: Site;
  const held = Promise.withResolvers<void>();

  beforeAll(async () => {
    database = await createTestDatabase();
    const direct = new URL(database.connectionString);
    proxy = await startTcpProxy({ host: direct.hostname, port: Number(direct.port || 5432) });
    const connectionString = Object.assign(direct, { hostname: '127.0.0.1', port: String(proxy.port) }).href;
    port = await findTestPort();
    server = await startTestServer({
      database: { ...database, connectionString },
      env: { RUNNERS: '1', METRICS_PORT: String(port) },
    });
    site = await startSite({ '/': 'fine', '/held': { body: 'late', until: held.promise } });
    app = await server.createApp({ url: site.url });
  });
  afterAll(async () => {
    held.resolve();
    await proxy.restore();
    await server.stop();
    await proxy.stop();
    await database.drop();
    await site.stop();
  });

  const scrape = () => scrapePort(port);

  /** Repeats a scrape until `isTrue`: a request may be counted a moment after its answer was sent. */
  async function scrapeUntil(isTrue: (current: Awaited<ReturnType<typeof scrape>>) => boolean) {
    for (;;) {
      const current = await scrape();
      if (isTrue(current)) {
        return current;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  test('are served on their own port only, and that port serves nothing else', async () => {
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
    expect((await fetch(`${server.url}/api/metrics`)).status).toBe(404);
    const own = `http://127.0.0.1:${port}`;
    expect((await fetch(`${own}/metrics`)).headers.get('content-type')).toContain(
      'text/plain; version=0.0.4',
    );
    expect((await fetch(`${own}/metrics`, { method: 'POST' })).status).toBe(404);
    for (const path of ['/', '/healthz', '/api/apps']) {
      expect((await fetch(`${own}${path}`)).status).toBe(404);
    }
  });

  test('count requests by route pattern, so that no app, key or unknown path is shown', async () => {
    const stranger = generateApiKey();
    await withKey(server, app, 'get');
    await fetch(`${server.url}/api/apps/${stranger}`);
    await fetch(`${server.url}/no-such/${stranger}`, { method: 'PUT' });
    await fetch(`${server.url}/apps/${app.alias}/settings`, { headers: { accept: 'text/html' } });
    await fetch(`${server.url}/healthz`);
    const { text, value } = await scrapeUntil(
      (current) =>
        (current.value('qassandra_http_requests_total{method="GET",route="/healthz",status="200"}') ?? 0) > 0,
    );
    expect(value('qassandra_http_requests_total{method="GET",route="/api/apps/:app",status="200"}')).toBe(1);
    expect(value('qassandra_http_requests_total{method="GET",route="/api/apps/:app",status="401"}')).toBe(1);
    expect(value('qassandra_http_requests_total{method="other",route="other",status="404"}')).toBe(1);
    expect(value('qassandra_http_requests_total{method="GET",route="page",status="200"}')).toBe(1);
    expect(value('qassandra_http_request_duration_seconds_count{method="GET",route="/api/apps/:app"}')).toBe(
      2,
    );
    for (const raw of [app.id, app.alias, 'qsk_', 'no-such']) {
      expect(text).not.toContain(raw);
    }
  });

  test('count triggers by outcome, and authentication failures by code', async () => {
    const before = await scrape();
    const key = `key-${randomUUID()}`;
    await withKey(server, app, 'post', '/trigger').set('Idempotency-Key', key).send({});
    await withKey(server, app, 'post', '/trigger').set('Idempotency-Key', key).send({});
    await withKey(server, app, 'post', '/trigger').set('Idempotency-Key', key).send({ branch: 'other' });
    await withKey(server, app, 'post', '/trigger').send({ branch: 1 });
    await withKey(server, { ...app, apiKey: generateApiKey() }, 'post', '/trigger').send({});
    // Refused before it reaches the route.
    await withKey(server, { ...app, apiKey: 'qsk_mistyped' }, 'post', '/trigger').send({});
    await fetch(`${server.url}/api/me`);
    const after = await scrapeUntil(
      ({ value }) =>
        value('qassandra_authentication_failures_total{code="authentication_required"}') ===
        (before.value('qassandra_authentication_failures_total{code="authentication_required"}') ?? 0) + 1,
    );
    const grew = (sample: string) => (after.value(sample) ?? 0) - (before.value(sample) ?? 0);
    for (const outcome of ['accepted', 'replayed', 'idempotency_key_reused', 'invalid_request']) {
      expect([outcome, grew(`qassandra_triggers_total{outcome="${outcome}"}`)]).toEqual([outcome, 1]);
    }
    expect(grew('qassandra_triggers_total{outcome="invalid_api_key"}')).toBe(2);
    expect(grew('qassandra_authentication_failures_total{code="invalid_api_key"}')).toBe(2);
  });

  test('count checks by conclusion, with their durations and those taken over from a lost worker', async () => {
    const before = await scrape();
    const lost = randomUUID();
    await database.query(
      `insert into checks (id, app_id, status, target_url, triggered_by, claimable_at, lease_token, attempts)
       values ($1, $2, 'running', $3, 'api_key', now() - interval '1 minute', gen_random_uuid(), 1)`,
      [lost, app.id, site.url],
    );
    const good = await trigger(server, app);
    const bad = await trigger(server, app, { app_url: `${site.url}/missing` });
    for (const id of [lost, good, bad]) {
      await withKey(server, app, 'get', `/checks/${id}?wait=30`);
    }
    const after = await scrapeUntil(
      ({ value }) =>
        (value('qassandra_checks_ended_total{conclusion="success"}') ?? 0) >=
          (before.value('qassandra_checks_ended_total{conclusion="success"}') ?? 0) + 2 &&
        value('qassandra_checks_ended_total{conclusion="failure"}') ===
          (before.value('qassandra_checks_ended_total{conclusion="failure"}') ?? 0) + 1,
    );
    const durations = 'qassandra_check_duration_seconds_count';
    expect(after.value(`${durations}{conclusion="failure"}`)).toBe(
      (before.value(`${durations}{conclusion="failure"}`) ?? 0) + 1,
    );
    expect(after.value('qassandra_checks_reclaimed_total')).toBe(1);
  });

  test('show the queue, running checks and pending waits, and do not count a held request as slow', async () => {
    const ids = [];
    for (let count = 0; count < 6; count += 1) {
      ids.push(await trigger(server, app, { app_url: `${site.url}/held` }));
    }
    const waiting = withKey(server, app, 'get', `/checks/${ids[0]}?wait=60`).then(({ body }) => body);
    const busy = await scrapeUntil(
      ({ value }) =>
        // One app leaves a slot for others.
        value('qassandra_running_checks') === 3 &&
        value('qassandra_queue_checks') === 3 &&
        value('qassandra_waiters') === 1,
    );
    expect(busy.value('qassandra_queue_oldest_age_seconds')).toBeGreaterThan(0);
    expect(busy.value('qassandra_database_up')).toBe(1);
    expect(busy.value('qassandra_database_connections')).toBeGreaterThan(0);
    const cancelled = await withKey(server, app, 'post', `/checks/${ids[5]}/cancel`);
    expect(cancelled.status).toBe(202);
    held.resolve();
    await waiting;
    const quiet = await scrapeUntil(
      ({ value }) =>
        value('qassandra_running_checks') === 0 &&
        value('qassandra_queue_checks') === 0 &&
        value('qassandra_waiters') === 0,
    );
    expect(quiet.value('qassandra_checks_ended_total{conclusion="cancelled"}')).toBe(1);
    expect(quiet.value('qassandra_queue_oldest_age_seconds')).toBe(0);
    const waits = 'qassandra_http_wait_duration_seconds_count';
    expect(quiet.value(waits)).toBe((busy.value(waits) ?? 0) + 1);
    const plain = `qassandra_http_request_duration_seconds_count{${CHECK_ROUTE}}`;
    expect(quiet.value(plain)).toBe(busy.value(plain));
  });

  test.each(['refuses', 'hangs'])(
    'are served while the database %s, except metrics that only the database knows',
    async (how) => {
      if (how === 'hangs') {
        proxy.hang();
      } else {
        await proxy.cut();
      }
      const { value, text } = await scrape();
      expect(value('qassandra_database_up')).toBe(0);
      for (const name of [
        'qassandra_queue_checks',
        'qassandra_running_checks',
        'qassandra_queue_oldest_age_seconds',
      ]) {
        expect(value(name)).toBeUndefined();
      }
      expect(value('qassandra_waiters')).toBe(0);
      expect(text).toContain('\nprocess_resident_memory_bytes ');
      await proxy.cut();
      await proxy.restore();
      const { value: valueAfter } = await scrapeUntil(
        (current) => current.value('qassandra_database_up') === 1,
      );
      expect(valueAfter('qassandra_queue_checks')).toBe(0);
    },
  );
});
