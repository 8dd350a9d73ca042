import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asAdmin, trigger, withKey } from '../../helpers/network/requests.ts';
import { startSite } from '../../helpers/network/site.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('checks', () => {
  let server: TestServer;
  let site: Awaited<ReturnType<typeof startSite>>;
  let app: TestApp;

  beforeAll(async () => {
    server = await startTestServer({ env: { RUNNERS: '1' } });
    site = await startSite({
      '/': '<a href="/good">good</a><a href="/gone">gone</a>',
      '/good': 'fine',
      '/start': '<a href="/good">good</a><a href="/slow">slow</a>',
      '/slow': { body: 'slow', delayMs: 60_000 },
    });
    app = await server.createApp({ url: site.url });
  });
  afterAll(async () => {
    await server.stop();
    await site.stop();
  });

  const read = (checkId: string, query = '') => withKey(server, app, 'get', `/checks/${checkId}${query}`);

  test('a check of an app with a broken page finishes with the conclusion failure', async () => {
    const checkId = await trigger(server, app, { branch: 'main' });
    const answer = await read(checkId, '?wait=20');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      id: checkId,
      app_id: app.id,
      status: 'finished',
      conclusion: 'failure',
      revision: expect.any(Number),
      counts: { total: 3, passed: 2, failed: 1, skipped: 0 },
      flows: expect.arrayContaining([
        { name: 'GET /', status: 'passed', duration_ms: expect.any(Number), error: null, cause: null },
        {
          name: 'GET /gone',
          status: 'failed',
          duration_ms: expect.any(Number),
          error: 'responded 404 Not Found; linked from /',
          cause: 'GET /gone responded 404 Not Found',
        },
      ]),
      error: null,
      incomplete: null,
      warnings: [],
      metadata: { branch: 'main' },
      triggered_by: 'api_key',
      created_at: TIME,
      started_at: TIME,
      finished_at: TIME,
      url: `${server.url.replace('127.0.0.1', 'localhost')}/apps/${app.alias}/checks/${checkId}`,
    });
  });

  test('a check of a working app has the conclusion success', async () => {
    const checkId = await trigger(server, app, { app_url: `${site.url}/good` });
    expect((await read(checkId, '?wait=20')).body).toMatchObject({
      status: 'finished',
      conclusion: 'success',
    });
  });

  test('a check of an app that cannot be reached fails, and says why', async () => {
    const checkId = await trigger(server, app, { app_url: 'http://127.0.0.1:9/' });
    const { body } = await read(checkId, '?wait=20');
    expect(body).toMatchObject({ status: 'failed', conclusion: 'error', flows: [] });
    expect(body.error).toContain('127.0.0.1:9');
  });

  test('a check that was triggered on the dashboard says so', async () => {
    const answer = await asAdmin(server, 'post', `/api/apps/${app.alias}/trigger`).send({});
    expect((await read(answer.body.check_id)).body.triggered_by).toBe('session');
  });

  test('shows who triggered a check on the dashboard, and never to a key', async () => {
    const { body } = await asAdmin(server, 'post', `/api/apps/${app.alias}/trigger`).send({});
    const path = `/api/apps/${app.alias}/checks`;
    const { user } = (await asAdmin(server, 'get', '/api/me')).body;
    const [one, all] = await Promise.all([
      asAdmin(server, 'get', `${path}/${body.check_id}`),
      asAdmin(server, 'get', path),
    ]);
    expect(one.body.triggered_by_user).toEqual(user);
    const listed = all.body.checks.find(({ id }: { id: string }) => id === body.check_id);
    expect(listed.triggered_by_user).toEqual(user);
    const cancelled = await asAdmin(server, 'post', `${path}/${body.check_id}/cancel`);
    expect([202, 409]).toContain(cancelled.status);
    const [asKey, listedAsKey] = await Promise.all([
      read(body.check_id),
      withKey(server, app, 'get', '/checks'),
    ]);
    expect([asKey.status, listedAsKey.status]).toEqual([200, 200]);
    expect(asKey.text + listedAsKey.text).not.toMatch(/triggered_by_user|admin@localhost/);
  });

  test.each([randomUUID(), 'nonsense', '%00'])('answers 404 for the unknown check %s', async (checkId) => {
    for (const query of ['', '?wait=60']) {
      const answer = await read(checkId, query);
      expect([answer.status, answer.body.code]).toEqual([404, 'check_not_found']);
    }
    const cancelled = await withKey(server, app, 'post', `/checks/${checkId}/cancel`);
    expect([cancelled.status, cancelled.body.code]).toEqual([404, 'check_not_found']);
  });

  test('answers 404 for a check of another app', async () => {
    const other = await server.createApp({ url: site.url });
    const checkId = await trigger(server, other);
    expect((await read(checkId, '?wait=5')).status).toBe(404);
    expect((await withKey(server, app, 'post', `/checks/${checkId}/cancel`)).status).toBe(404);
  });

  test('tells how far a check is while it runs', async () => {
    const checkId = await trigger(server, app, { app_url: `${site.url}/start` });
    let { body } = await read(checkId);
    while (body.counts.total < 2) {
      body = (await read(checkId, `?wait=20&after=${body.revision}`)).body;
    }
    expect(body.progress).toEqual({ done: 2, known: 3, attempt: 1, max_attempts: 3 });
    const cancelled = await withKey(server, app, 'post', `/checks/${checkId}/cancel`);
    expect(cancelled.body).toMatchObject({ conclusion: 'cancelled', counts: { total: 2 } });
    expect(cancelled.body.progress).toBeUndefined();
  });

  describe('?wait=', () => {
    const slow = { app_url: '' };
    beforeAll(() => {
      slow.app_url = `${site.url}/slow`;
    });

    test.each(['61', '-1', 'x', '1e1', ''])('refuses wait=%s with a 400', async (wait) => {
      const answer = await read(randomUUID(), `?wait=${wait}`);
      expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, 'wait']);
    });

    test('refuses an invalid revision with a 400', async () => {
      const answer = await read(randomUUID(), '?wait=1&after=x');
      expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, 'after']);
    });

    test('answers with the current state when the time is up', async () => {
      const checkId = await trigger(server, app, slow);
      expect((await read(checkId, '?wait=0.2')).body.conclusion).toBeNull();
      expect((await read(checkId, '?wait=0')).body.conclusion).toBeNull();
      await withKey(server, app, 'post', `/checks/${checkId}/cancel`);
    });

    test('answers all pending waits when the check ends', async () => {
      const checkId = await trigger(server, app, slow);
      const waiting = Array.from({ length: 10 }, () =>
        read(checkId, '?wait=60').then(({ body }) => body.conclusion),
      );
      await withKey(server, app, 'post', `/checks/${checkId}/cancel`);
      expect(await Promise.all(waiting)).toEqual(waiting.map(() => 'cancelled'));
    });

    test('answers as soon as there is a newer revision than the given one', async () => {
      const checkId = await trigger(server, app, slow);
      let { revision, status } = (await read(checkId)).body;
      while (status === 'scheduled') {
        ({ revision, status } = (await read(checkId, `?wait=20&after=${revision}`)).body);
      }
      const next = read(checkId, `?wait=60&after=${revision}`).then(({ body }) => body);
      await withKey(server, app, 'post', `/checks/${checkId}/cancel`);
      expect(await next).toMatchObject({ status: 'cancelled', revision: revision + 1 });
      expect((await read(checkId, `?wait=60&after=${revision + 1}`)).body.revision).toBe(revision + 1);
    });

    test('answers 404 when the check is removed meanwhile', async () => {
      const other = await server.createApp({ url: site.url });
      const checkId = await trigger(server, other, slow);
      // Asks with the session, because the key is removed with the app and might no longer be accepted.
      const path = `/api/apps/${other.alias}/checks/${checkId}?wait=60`;
      const waiting = asAdmin(server, 'get', path).then(({ status }) => status);
      await asAdmin(server, 'delete', `/api/apps/${other.alias}`);
      expect(await waiting).toBe(404);
    });
  });

  describe('cancel', () => {
    test('ends a running check at once, and its worker takes other checks', async () => {
      const checkId = await trigger(server, app, { app_url: `${site.url}/slow` });
      while ((await read(checkId)).body.status !== 'running') {
        await read(checkId, '?wait=1&after=1');
      }
      const answer = await withKey(server, app, 'post', `/checks/${checkId}/cancel`);
      expect(answer.status).toBe(202);
      expect(answer.body).toMatchObject({
        id: checkId,
        status: 'cancelled',
        conclusion: 'cancelled',
        finished_at: TIME,
      });
      const next = await trigger(server, app, { app_url: `${site.url}/good` });
      expect((await read(next, '?wait=20')).body.conclusion).toBe('success');
      expect((await read(checkId)).body).toEqual(answer.body);
    });

    test('ends a scheduled check at once', async () => {
      const checkId = randomUUID();
      await server.query(
        `insert into checks (id, app_id, target_url, triggered_by, claimable_at)
         values ($1, $2, 'http://127.0.0.1:9/', 'api_key', now() + interval '1 hour')`,
        [checkId, app.id],
      );
      const answer = await withKey(server, app, 'post', `/checks/${checkId}/cancel`);
      expect([answer.status, answer.body.status, answer.body.started_at]).toEqual([202, 'cancelled', null]);
    });

    test('refuses a check that has ended with a 409', async () => {
      const checkId = await trigger(server, app, { app_url: `${site.url}/good` });
      await read(checkId, '?wait=20');
      const answer = await withKey(server, app, 'post', `/checks/${checkId}/cancel`);
      expect([answer.status, answer.body.code]).toEqual([409, 'check_already_ended']);
    });
  });

  describe('the list of checks', () => {
    let listed: TestApp;
    const ids: string[] = [];
    beforeAll(async () => {
      listed = await server.createApp();
      for (let age = 0; age < 5; age += 1) {
        const id = randomUUID();
        ids.push(id);
        await server.query(
          `insert into checks (id, app_id, target_url, triggered_by, status, conclusion, claimable_at, metadata, created_at)
           values ($1, $2, 'http://127.0.0.1:9/', 'api_key', $3, $4, null, $5, now() - make_interval(hours => $6))`,
          [
            id,
            listed.id,
            age === 1 ? 'cancelled' : 'finished',
            age === 1 ? 'cancelled' : 'success',
            JSON.stringify(age < 3 ? { branch: 'main' } : {}),
            Math.floor(age / 2),
          ],
        );
      }
    });

    const list = async (query = '') => (await withKey(server, listed, 'get', `/checks${query}`)).body;
    const idsOf = ({ checks }: { checks: { id: string }[] }) => checks.map(({ id }) => id);

    test('is sorted newest first, and ends without a next cursor', async () => {
      const all = await list();
      expect(all.next_cursor).toBeNull();
      expect(idsOf(all).sort()).toEqual([...ids].sort());
      const times = all.checks.map(({ created_at }: { created_at: string }) => created_at);
      expect(times).toEqual([...times].sort().reverse());
    });

    test('is paged without gaps or repetitions, also for checks of the same instant', async () => {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: { checks: { id: string }[]; next_cursor: string | null } = await list(
          `?limit=2${cursor && `&cursor=${cursor}`}`,
        );
        seen.push(...idsOf(page));
        cursor = page.next_cursor;
      }
      expect(seen).toEqual(idsOf(await list()));
    });

    test('is filtered by conclusion, and omits flows on request', async () => {
      expect(idsOf(await list('?conclusion=cancelled'))).toEqual([ids[1]]);
      expect(idsOf(await list('?conclusion=success&branch=main')).sort()).toEqual([ids[0], ids[2]].sort());
      expect(await list('?conclusion=error')).toEqual({ checks: [], next_cursor: null });
      const [whole, slim] = [await list('?limit=1'), await list('?limit=1&flows=false')];
      expect(whole.checks[0]).toHaveProperty('flows', []);
      expect(slim.checks[0]).not.toHaveProperty('flows');
      expect({ ...slim.checks[0], flows: [] }).toEqual(whole.checks[0]);
    });

    test('can be filtered by branch and by status', async () => {
      expect(idsOf(await list('?branch=main')).sort()).toEqual(ids.slice(0, 3).sort());
      expect(idsOf(await list('?status=cancelled'))).toEqual([ids[1]]);
      expect(idsOf(await list('?branch=main&status=finished')).sort()).toEqual([ids[0], ids[2]].sort());
      expect(await list('?branch=none')).toEqual({ checks: [], next_cursor: null });
    });

    test.each([
      'branch=%00',
      'branch_contains=%00',
      'ended=yes',
      'incomplete=1',
      'count=yes',
      'triggered_by=someone',
      `cursor=${randomUUID()}`,
      'limit=0',
      'limit=101',
      'limit=ten',
      'status=broken',
      'conclusion=broken',
      'flows=no',
      'cursor=nonsense',
      'limit=1&limit=2',
    ])('refuses ?%s with a 400', async (query) => {
      const answer = await withKey(server, listed, 'get', `/checks?${query}`);
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
      expect(answer.body.errors[0].path).toBe(query.split('=')[0]);
    });
  });
});
