import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import request from 'supertest';
import { createDatabase, type Database } from '../../../server/db/pool.ts';
import { openRaw, type RawConnection } from '../../helpers/network/raw-http.ts';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import { createCountedApp } from '../../helpers/server/counted-app.ts';
import { countBlocked, waitUntilBlocked } from '../../helpers/server/locks.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

let server: TestServer;
let app: TestApp;
let other: TestApp;
let blocker: pg.Client;
beforeAll(async () => {
  // A claim of a runner waits for the locked table too, and would be counted with the caller's statements.
  server = await startTestServer({ env: { RUNNERS: '0' } });
  app = await server.createApp({ url: 'http://127.0.0.1:9/' });
  other = await server.createApp({ url: 'http://127.0.0.1:9/' });
  blocker = new pg.Client({ connectionString: server.connectionString });
  await blocker.connect();
});
afterAll(async () => {
  await blocker.end();
  await server.stop();
});
afterEach(() => blocker.query('rollback'));

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Statements that read this table wait from now on. */
async function block(table: 'checks' | 'audit_events'): Promise<void> {
  await blocker.query('begin');
  await blocker.query(`lock table ${table} in access exclusive mode`);
}

/** A check that nobody runs, so that a wait for it is held. */
async function createHeldCheck({ id }: TestApp): Promise<string> {
  const { rows } = await server.query(
    `insert into checks (id, app_id, target_url, triggered_by, claimable_at)
     values (gen_random_uuid(), $1, 'http://127.0.0.1:9/', 'api_key', now() + interval '1 hour')
     returning id`,
    [id],
  );
  return String(rows[0]?.id);
}

describe('one caller with many requests', () => {
  const connections: RawConnection[] = [];
  afterEach(() => {
    for (const { socket } of connections.splice(0)) {
      socket.destroy();
    }
  });

  test('takes at most half of the database connections, and others are answered meanwhile', async () => {
    await block('checks');
    const reads = Array.from({ length: 40 }, () =>
      withKey(server, app, 'get', '/checks').then(({ status }) => status),
    );
    await waitUntilBlocked(server, 5);
    expect((await withKey(server, other, 'get')).status).toBe(200);
    expect((await asAdmin(server, 'get', '/api/me')).status).toBe(200);
    expect((await request(server.url).get('/readyz')).status).toBe(200);
    expect(await countBlocked(server)).toBe(5);
    await blocker.query('rollback');
    expect(new Set(await Promise.all(reads))).toEqual(new Set([200]));
  });

  test('counts as one caller with a session too, whatever other cookies it sends', async () => {
    await block('audit_events');
    const read = (index: number) =>
      asAdmin(server, 'get', `/api/apps/${app.id}/audit-log`, `${server.cookie}; other=${index}`);
    const reads = Array.from({ length: 20 }, (_, index) => read(index).then(({ status }) => status));
    await waitUntilBlocked(server, 5);
    expect((await withKey(server, app, 'get')).status).toBe(200);
    expect(await countBlocked(server)).toBe(5);
    await blocker.query('rollback');
    expect(new Set(await Promise.all(reads))).toEqual(new Set([200]));
  });

  test('can still trigger: triggers share their statements', async () => {
    await block('audit_events');
    const reads = Array.from({ length: 10 }, () =>
      asAdmin(server, 'get', `/api/apps/${app.id}/audit-log`).then(({ status }) => status),
    );
    await waitUntilBlocked(server, 5);
    expect((await asAdmin(server, 'post', `/api/apps/${app.id}/trigger`).send({})).status).toBe(202);
    await blocker.query('rollback');
    await Promise.all(reads);
  });

  test('may wait for many checks: a held request uses no database connection', async () => {
    const checkId = await createHeldCheck(app);
    const path = `/api/apps/${app.id}/checks/${checkId}?wait=60`;
    const bytes = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${app.apiKey}\r\n\r\n`;
    connections.push(...Array.from({ length: 300 }, () => openRaw(server, bytes)));
    await Promise.all(connections.map(({ socket }) => once(socket, 'connect')));
    expect((await withKey(server, app, 'get', `/checks/${checkId}`)).body.status).toBe('scheduled');
    await asAdmin(server, 'post', `/api/apps/${app.id}/checks/${checkId}/cancel`);
    const chunks = await Promise.all(connections.map(({ socket }) => once(socket, 'data')));
    expect(new Set(chunks.map(([chunk]) => String(chunk).slice(0, 12)))).toEqual(new Set(['HTTP/1.1 200']));
  });

  test('does not keep a place for answers that it does not read', async () => {
    const checkId = await createHeldCheck(app);
    // Far more than the buffers between client and server hold.
    await server.query(
      `update checks set flows = jsonb_build_array(jsonb_build_object(
         'name', repeat('x', 14000000), 'status', 'passed', 'duration_ms', 1, 'error', null, 'cause', null
       )) where id = $1`,
      [checkId],
    );
    const path = `/api/apps/${app.id}/checks?limit=1`;
    const bytes = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${app.apiKey}\r\n\r\n`;
    for (let count = 0; count < 6; count += 1) {
      const connection = openRaw(server, bytes);
      await once(connection.socket, 'data');
      connection.socket.pause();
      connections.push(connection);
    }
    expect((await withKey(server, app, 'get')).status).toBe(200);
    await server.query('delete from checks where id = $1', [checkId]);
  });
});

describe('the line of a caller', () => {
  let db: Database;
  let http: Server;
  let url: string;
  beforeAll(async () => {
    db = createDatabase({ connectionString: server.connectionString, onIdleError: () => {} });
    const counted = createCountedApp(db, { callerLimits: { atOnce: 1, inLine: 1 } });
    http = createServer(counted.app).listen(0, '127.0.0.1');
    await once(http, 'listening');
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    http.close();
    await db.close();
  });

  const read = ({ id, apiKey }: TestApp, signal?: AbortSignal) =>
    fetch(`${url}/api/apps/${id}/checks`, {
      headers: { authorization: `Bearer ${apiKey}` },
      ...(signal && { signal }),
    });

  test('is limited: one more request gets a 429 with Retry-After, and other callers are answered', async () => {
    await block('checks');
    const inside = read(app);
    await waitUntilBlocked(server);
    const inLine = read(app);
    await pause(100);
    const refused = await read(app);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await refused.json()).toMatchObject({
      code: 'too_many_requests',
      detail: expect.stringContaining('Send fewer at the same time'),
    });
    const apart = await fetch(`${url}/api/apps/${other.id}`, {
      headers: { authorization: `Bearer ${other.apiKey}` },
    });
    expect(apart.status).toBe(200);
    await blocker.query('rollback');
    expect([(await inside).status, (await inLine).status]).toEqual([200, 200]);
  });

  test('does not keep a place for a client that has left', async () => {
    await block('checks');
    const leaving = new AbortController();
    const inside = read(app);
    await waitUntilBlocked(server);
    const gone = read(app, leaving.signal).catch(() => 'gone');
    await pause(100);
    leaving.abort();
    expect(await gone).toBe('gone');
    await pause(100);
    const inLine = read(app);
    await pause(100);
    await blocker.query('rollback');
    expect([(await inside).status, (await inLine).status]).toEqual([200, 200]);
    expect((await read(app)).status).toBe(200);
  });

  test('includes triggers that are refused for their body', async () => {
    await block('checks');
    const inside = read(app);
    await waitUntilBlocked(server);
    const inLine = read(app);
    await pause(100);
    const refused = await fetch(`${url}/api/apps/${app.id}/trigger`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.apiKey}` },
      body: 'no JSON',
    });
    expect(refused.status).toBe(429);
    await blocker.query('rollback');
    await Promise.all([inside, inLine]);
  });
});
