import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

const PUBLIC_URL = 'http://localhost:1';
const SECONDS_AN_HOUR = 3600;

describe('the limit of triggers per app', () => {
  let database: TestDatabase;
  let servers: TestServer[];
  let server: TestServer;
  let app: TestApp;

  beforeEach(async () => {
    database = await createTestDatabase();
    servers = [];
  });
  afterEach(async () => {
    await Promise.all(servers.map((each) => each.stop()));
    await database.drop();
  });

  async function start(limit: string, { instances = 1 } = {}): Promise<void> {
    for (let count = 0; count < instances; count += 1) {
      servers.push(await startTestServer({ database, env: { PUBLIC_URL, TRIGGER_LIMIT_PER_APP: limit } }));
    }
    server = servers[0] as TestServer;
    app = await server.createApp({ url: 'http://127.0.0.1:9/' });
  }

  const post = (to = server, of = app) => withKey(to, of, 'post', '/trigger');
  const letTimePass = (seconds: number) =>
    database.query('update trigger_allowances set updated_at = updated_at - make_interval(secs => $1)', [
      seconds,
    ]);
  async function countChecks(): Promise<unknown> {
    return (await database.query('select count(*)::int as count from checks')).rows[0]?.count;
  }

  test('answers 429 with the seconds until the next trigger is allowed, and stores nothing', async () => {
    await start('2');
    expect([(await post()).status, (await post()).status]).toEqual([202, 202]);
    const answer = await post();
    expect([answer.status, answer.body.code]).toEqual([429, 'too_many_requests']);
    const retryAfter = Number(answer.headers['retry-after']);
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(SECONDS_AN_HOUR / 2);
    expect(await countChecks()).toBe(2);

    await letTimePass(retryAfter);
    expect([(await post()).status, (await post()).status]).toEqual([202, 429]);
  });

  test('recovers to the triggers of one hour and no further', async () => {
    await start('2');
    expect((await post()).status).toBe(202);
    await letTimePass(10 * SECONDS_AN_HOUR);
    expect([(await post()).status, (await post()).status, (await post()).status]).toEqual([202, 202, 429]);
  });

  test('holds across instances, also for simultaneous triggers', async () => {
    await start('10', { instances: 2 });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => post(servers[index % 2]).then(({ status }) => status)),
    );
    expect(answers.filter((status) => status === 202)).toHaveLength(10);
    expect(answers.filter((status) => status === 429)).toHaveLength(30);
    expect(await countChecks()).toBe(10);
  });

  test('is separate for each app, and shared by its key and its members', async () => {
    await start('1');
    const other = await server.createApp({ url: 'http://127.0.0.1:9/' });
    expect((await asAdmin(server, 'post', `/api/apps/${app.id}/trigger`)).status).toBe(202);
    expect([(await post()).status, (await post(server, other)).status]).toEqual([429, 202]);
  });

  test('does not count refused or repeated triggers', async () => {
    await start('1');
    const refused = await server.createApp({ url: null });
    expect((await post(server, refused)).body.code).toBe('app_url_missing');
    expect((await post().set('Authorization', `Bearer ${refused.apiKey}`)).status).toBe(404);
    const first = await post().set('Idempotency-Key', 'once');
    expect(first.status).toBe(202);
    const again = await post().set('Idempotency-Key', 'once');
    expect([again.status, again.body.check_id]).toEqual([202, first.body.check_id]);
    expect((await post(server, refused).send({ app_url: 'http://127.0.0.1:9/' })).status).toBe(202);
  });

  test('follows a lower setting, and drops what was saved under a higher one', async () => {
    await start('100');
    expect((await post()).status).toBe(202);
    servers.push(await startTestServer({ database, env: { PUBLIC_URL, TRIGGER_LIMIT_PER_APP: '1' } }));
    const lower = servers[1] as TestServer;
    expect([(await post(lower)).status, (await post(lower)).status]).toEqual([202, 429]);
  });

  test('does not apply when the setting is 0', async () => {
    await start('0');
    expect((await post()).status).toBe(202);
    expect((await database.query('select from trigger_allowances')).rows).toEqual([]);
  });
});
