import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import { type CheckOptions, failed, insertCheck, passed } from '../../helpers/server/checks.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const DAY = 24 * 60;

/** An app with these checks, and their ids. */
async function createApp(checks: readonly CheckOptions[]): Promise<{ app: TestApp; ids: string[] }> {
  const app = await server.createApp({ url: 'http://127.0.0.1:9' });
  const ids: string[] = [];
  for (const check of checks) {
    ids.push(await insertCheck(server, app, check));
  }
  return { app, ids };
}

const read = async (app: TestApp, query = '') =>
  (await withKey(server, app, 'get', `/statistics${query}`)).body;

const readCreatedAt = async (app: TestApp, id: string | undefined) =>
  (await withKey(server, app, 'get', `/checks/${id}`)).body.created_at;

const onMain = (check: CheckOptions): CheckOptions => ({ metadata: { branch: 'main' }, ...check });

test('an app without checks has no rate and no durations', async () => {
  const { app } = await createApp([]);
  const none = {
    checks: 0,
    failed: 0,
    failure_rate: null,
    median_duration_ms: null,
    p95_duration_ms: null,
  };
  expect(await read(app)).toEqual({
    days: 30,
    all_branches: none,
    main_branch: none,
    flaky_flows: [],
    flaky_flows_total: 0,
    flaky_flows_since: null,
  });
});

describe('the figures', () => {
  let app: TestApp;
  beforeAll(async () => {
    const checks: CheckOptions[] = [
      onMain({ seconds: 1 }),
      onMain({ seconds: 2, minutesAgo: 6 * DAY }),
      onMain({ seconds: 3, conclusion: 'failure', minutesAgo: 8 * DAY }),
      // Could not run: counts as failed, and its duration says nothing.
      onMain({ seconds: 500, conclusion: 'error', minutesAgo: 40 * DAY }),
      { seconds: 10, metadata: { branch: 'fix' } },
      { seconds: 20, conclusion: 'failure', minutesAgo: 89 * DAY },
      // What does not count: cancelled, running, too old.
      onMain({ seconds: 900, conclusion: 'cancelled' }),
      onMain({ conclusion: null }),
      onMain({ seconds: 900, conclusion: 'failure', minutesAgo: 91 * DAY }),
    ];
    ({ app } = await createApp(checks));
    // A check that tries settings does not count either.
    const trial = await insertCheck(server, app, onMain({ seconds: 900, conclusion: 'failure' }));
    await server.query(`update checks set settings = '{}' where id = $1`, [trial]);
  });

  test.each([
    ['7', [3, 0, 0, 2_000, 9_200], [2, 0, 0, 1_500, 1_950]],
    ['30', [4, 1, 0.25, 2_500, 8_950], [3, 1, 0.3333, 2_000, 2_900]],
    ['90', [6, 3, 0.5, 3_000, 18_000], [4, 2, 0.5, 2_000, 2_900]],
  ])('of %s days are those of the checks that ended in them', async (days, all, main) => {
    const { body } = await asAdmin(server, 'get', `/api/apps/${app.alias}/statistics?days=${days}`);
    expect(body).toMatchObject({ days: Number(days) });
    expect(Object.values(body.all_branches)).toEqual(all);
    expect(Object.values(body.main_branch)).toEqual(main);
  });

  test('are of 30 days where nothing else is asked for', async () => {
    expect(await read(app)).toEqual(await read(app, '?days=30'));
  });

  test('change with the name of the main branch', async () => {
    const renamed = await createApp([{ metadata: { branch: 'trunk' } }, onMain({ conclusion: 'failure' })]);
    await asAdmin(server, 'patch', `/api/apps/${renamed.app.id}`).send({ main_branch: 'trunk' });
    expect((await read(renamed.app)).main_branch).toMatchObject({ checks: 1, failed: 0 });
  });
});

describe('flaky flows', () => {
  const at = (commit: string, minutesAgo: number, flows: CheckOptions['flows']): CheckOptions => ({
    metadata: { git_commit_id: commit },
    minutesAgo,
    flows: flows ?? [],
    conclusion: flows?.some(({ status }) => status === 'failed') ? 'failure' : 'success',
  });

  test('are those that failed and passed on the same commit', async () => {
    const cart = failed('GET /cart', 'responded 503');
    const { app, ids } = await createApp([
      // Commit a: the cart fails twice and passes once; the price fails each time.
      at('a', 50, [cart, failed('GET /price', 'gone')]),
      at('a', 49, [cart, failed('GET /price', 'gone')]),
      at('a', 48, [passed('GET /cart'), failed('GET /price', 'gone')]),
      // Commit b: fails once and passes twice. The search is skipped, which is neither.
      at('b', 40, [passed('GET /cart'), { ...passed('GET /search'), status: 'skipped' }]),
      at('b', 30, [cart, failed('GET /search', 'slow')]),
      at('b', 20, [passed('GET /cart')]),
      // Commit c: the help fails, and passes when it is run again.
      at('c', 10, [failed('GET /help', 'slow'), passed('GET /cart')]),
      at('c', 9, [passed('GET /help'), passed('GET /cart')]),
      // Another commit passes what failed before: that is a fix.
      at('d', 5, [passed('GET /price')]),
      // Without a commit nobody knows what changed.
      { conclusion: 'failure', flows: [failed('GET /about', 'slow')] },
      { flows: [passed('GET /about')] },
    ]);
    const statistics = await read(app);
    expect(statistics.flaky_flows).toEqual([
      {
        name: 'GET /cart',
        commits: 2,
        failed: 3,
        passed: 3,
        failed_check_id: ids[4],
        passed_check_id: ids[5],
        failed_at: await readCreatedAt(app, ids[4]),
      },
      {
        name: 'GET /help',
        commits: 1,
        failed: 1,
        passed: 1,
        failed_check_id: ids[6],
        passed_check_id: ids[7],
        failed_at: await readCreatedAt(app, ids[6]),
      },
    ]);
    expect(statistics).toMatchObject({ flaky_flows_total: 2, flaky_flows_since: null });
  });

  test('are not those of one commit at two addresses, such as a preview and production', async () => {
    const { app, ids } = await createApp([
      at('a', 2, [passed('GET /cart')]),
      at('a', 1, [failed('GET /cart', 'gone')]),
    ]);
    await server.query(`update checks set target_url = 'https://preview.example.com/' where id = $1`, [
      ids[1],
    ]);
    expect((await read(app)).flaky_flows).toEqual([]);
  });

  test('are 20 at most, with the number of all', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `GET /${String(index).padStart(2, '0')}`);
    const { app } = await createApp([
      at(
        'a',
        2,
        names.map((name) => failed(name, 'slow')),
      ),
      at(
        'a',
        1,
        names.map((name) => passed(name)),
      ),
    ]);
    const statistics = await read(app);
    expect(statistics.flaky_flows.map(({ name }: { name: string }) => name)).toEqual(names.slice(0, 20));
    expect(statistics.flaky_flows_total).toBe(25);
  });

  test('are looked for in the newest checks only where there are too many flows, which is told', async () => {
    const { app, ids } = await createApp([
      at('old', 30, [failed('GET /old', 'slow')]),
      at('old', 29, [passed('GET /old')]),
      at('new', 20, [failed('GET /new', 'slow')]),
      at('new', 10, [passed('GET /new')]),
    ]);
    // As if each had 60,000 flows: two are read.
    await server.query(`update checks set counts = '{"total": 60000}' where id = any($1)`, [ids]);
    const statistics = await read(app);
    expect(statistics.flaky_flows.map(({ name }: { name: string }) => name)).toEqual(['GET /new']);
    const since = (Date.now() - Date.parse(statistics.flaky_flows_since)) / 60_000;
    expect(Math.round(since)).toBe(20);
  });
});

test.each(['days=8', 'days=', 'days=7&days=30'])('refuses ?%s with a 400', async (query) => {
  const { app } = await createApp([]);
  const answer = await withKey(server, app, 'get', `/statistics?${query}`);
  expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, 'days']);
});

test('are not told to a key of another app', async () => {
  const [{ app }, { app: other }] = [await createApp([]), await createApp([])];
  const answer = await withKey(server, { ...app, apiKey: other.apiKey }, 'get', '/statistics');
  expect([answer.status, answer.body.code]).toEqual([404, 'app_not_found']);
});
