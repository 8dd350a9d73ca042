import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withKey } from '../../helpers/network/requests.ts';
import { startSite } from '../../helpers/network/site.ts';
import { findTestPort } from '../../helpers/network/test-port.ts';
import { type Collector, startCollector } from '../../helpers/observe/collector.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { startTestServer } from '../../helpers/server/server.ts';
import { startServerProcess } from '../../helpers/server/server-process.ts';

/** More than the two statements that run at the same time, so some triggers share one. */
const AT_ONCE = 12;
const CALLER = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

describe('traces', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  describe('the spans of a trigger and its check', () => {
    let collector: Collector;
    let checkId: string;
    const secrets: string[] = [];

    beforeAll(async () => {
      collector = await startCollector();
      const site = await startSite({ '/': 'fine' });
      const server = await startTestServer({
        database,
        env: { RUNNERS: '1', OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/` },
      });
      const app = await server.createApp({ url: site.url });
      const traceparent = `00-${CALLER.traceId}-${CALLER.spanId}-01`;
      const triggered = await withKey(server, app, 'post', '/trigger?note=open-sesame')
        .set('traceparent', traceparent)
        .send({ branch: 'open-sesame' });
      checkId = triggered.body.check_id;
      await withKey(server, app, 'get', `/checks/${checkId}?wait=30`);
      const atOnce = await Promise.all(
        Array.from({ length: AT_ONCE }, () => withKey(server, app, 'post', '/trigger').send({})),
      );
      // A check that is still running while the table is renamed would fail too.
      for (const { body } of atOnce) {
        await withKey(server, app, 'get', `/checks/${body.check_id}?wait=30`);
      }
      await fetch(`${server.url}/healthz`);
      await fetch(`${server.url}/api/apps/${app.apiKey}`);
      await database.query('alter table apps rename to gone');
      await withKey(server, app, 'get');
      await database.query('alter table gone rename to apps');
      secrets.push(app.apiKey, app.apiKey.slice(4), server.cookie.slice(-40), 'open-sesame', app.alias);
      // The remaining spans are sent when the server stops.
      await server.stop();
      await site.stop();
    });
    afterAll(() => collector.stop());

    const find = (name: string) => collector.spans.filter((span) => span.name === name);

    test('include the request, named by its route, in the trace of its caller', () => {
      const [span] = find('POST /api/apps/:app/trigger');
      expect(span).toMatchObject({
        traceId: CALLER.traceId,
        parentSpanId: CALLER.spanId,
        attributes: {
          'http.request.method': 'POST',
          'http.route': '/api/apps/:app/trigger',
          'http.response.status_code': 202,
        },
      });
    });

    test('include the statement below the request, with nothing but its name', () => {
      const [request] = find('POST /api/apps/:app/trigger');
      const [statement] = find('trigger-checks-skip');
      expect(statement).toMatchObject({ traceId: CALLER.traceId, parentSpanId: request?.spanId });
      expect(statement?.attributes).toEqual({
        'db.system.name': 'postgresql',
        'db.query.summary': 'trigger-checks-skip',
      });
    });

    test('include one for each shared statement, below one of its own requests', () => {
      const requests = new Set(
        find('POST /api/apps/:app/trigger').map(({ spanId, traceId }) => `${traceId} ${spanId}`),
      );
      const parents = find('trigger-checks-skip').map((span) => `${span.traceId} ${span.parentSpanId}`);
      expect(requests.size).toBe(1 + AT_ONCE);
      expect(parents.length).toBeGreaterThan(2);
      expect(new Set(parents).size).toBe(parents.length);
      expect(parents.filter((parent) => !requests.has(parent))).toEqual([]);
    });

    test('include the check in a trace of its own, with its statements below', () => {
      const [check] = find('check');
      expect(check).toMatchObject({
        parentSpanId: undefined,
        attributes: {
          'qassandra.check.id': checkId,
          'qassandra.check.attempt': 1,
          'qassandra.check.conclusion': 'success',
        },
      });
      const finished = find('finish-check').filter(({ traceId }) => traceId === check?.traceId);
      expect(finished).toMatchObject([{ parentSpanId: check?.spanId }]);
    });

    test('mark a failure with its code and without its message', () => {
      const failed = collector.spans.filter(({ hasFailed }) => hasFailed);
      expect(failed.map(({ name, attributes }) => [name, attributes['error.type']])).toEqual([
        ['find-app-access', 'error'],
        ['GET /api/apps/:app', 'internal_error'],
      ]);
    });

    test('have no span for probes and polls, and no secret in any byte', () => {
      const received = collector.received();
      expect(received).toContain('POST /v1/traces');
      expect(received).toContain('qassandra.request.id');
      for (const name of ['healthz', 'claim-checks', 'renew-leases', ...secrets]) {
        expect(received).not.toContain(name);
      }
    });
  });

  /** Prints which packages with these two names a process loads. */
  const PRINT_LOADED = `data:text/javascript,${encodeURIComponent(`
    import { registerHooks } from 'node:module';
    registerHooks({ load: (url, context, next) => {
      const name = /node_modules\\/(@opentelemetry|prom-client)\\//.exec(url)?.[1];
      if (name) console.error('loaded ' + name);
      return next(url, context);
    } });`)}`;

  test('load none of their packages without the settings', async () => {
    const env = { DATABASE_URL: database.connectionString, NODE_OPTIONS: `--import=${PRINT_LOADED}` };
    const plain = await startServerProcess({ env });
    const loaded = plain.output();
    expect(await plain.end('SIGTERM')).toBe(0);
    expect(loaded).not.toContain('loaded');
  });

  test('change nothing but the log when the collector cannot be reached', async () => {
    const server = await startServerProcess({
      env: {
        DATABASE_URL: database.connectionString,
        NODE_OPTIONS: `--import=${PRINT_LOADED}`,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await findTestPort()}`,
      },
    });
    expect(server.output()).toContain('loaded @opentelemetry');
    expect(server.output()).not.toContain('loaded prom-client');
    expect((await fetch(`${server.url}/api/me`, { headers: { cookie: server.cookie } })).status).toBe(200);
    expect(await server.end('SIGTERM')).toBe(0);
    expect(server.output()).toContain('traces were not delivered');
  });
});
