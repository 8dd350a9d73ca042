import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { asAdmin, trigger, withKey } from '../../helpers/network/requests.ts';
import { type CheckOptions, insertCheck } from '../../helpers/server/checks.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';
import { signInLocally } from '../../helpers/server/sign-in.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const INCOMPLETE = { reason: 'page_limit', left: 3, message: '3 known pages were not looked at.' } as const;

async function readListed({ id }: TestApp) {
  const { body } = await asAdmin(server, 'get', '/api/apps');
  return body.apps.find((app: { id: string }) => app.id === id);
}

async function readSetup(app: TestApp) {
  const answer = await asAdmin(server, 'get', `/api/apps/${app.alias}/setup`);
  expect(answer.status).toBe(200);
  return answer.body;
}

/** Inserts a check of a branch and returns its id. */
function insert(app: TestApp, branch: string, options: CheckOptions = {}): Promise<string> {
  return insertCheck(server, app, { ...options, metadata: { ...options.metadata, branch } });
}

test('lists each app with the state of its main branch, whatever else was checked since', async () => {
  const app = await server.createApp();
  expect(await readListed(app)).toMatchObject({ main_check: null, last_check: null, recent_conclusions: [] });
  await insert(app, 'feature', { minutesAgo: 90 });
  expect((await readListed(app)).main_check).toBeNull();

  const passed = await insert(app, 'main', { minutesAgo: 80, incomplete: INCOMPLETE });
  const feature = await insert(app, 'feature', { minutesAgo: 70, conclusion: 'failure' });
  const listed = await readListed(app);
  expect(listed.main_check).toEqual({
    id: passed,
    status: 'finished',
    conclusion: 'success',
    incomplete: INCOMPLETE,
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
  expect(listed.last_check.id).toBe(feature);

  // One that could not run tells about main too; one that was cancelled, or still runs, does not.
  const failed = await insert(app, 'main', { minutesAgo: 60, conclusion: 'error', error: 'refused' });
  await insert(app, 'main', { minutesAgo: 50, conclusion: 'cancelled' });
  await insert(app, 'main', { minutesAgo: 40, conclusion: null });
  expect((await readListed(app)).main_check).toMatchObject({ id: failed, conclusion: 'error' });
  const mended = await insert(app, 'main', { minutesAgo: 30 });
  expect((await readListed(app)).main_check).toMatchObject({ id: mended, incomplete: null });

  await asAdmin(server, 'patch', `/api/apps/${app.id}`).send({ main_branch: 'feature' });
  expect((await readListed(app)).main_check.id).toBe(feature);
});

test('lists how the last ten checks of an app ended, the newest last', async () => {
  const app = await server.createApp();
  const conclusions = ['error', 'success', 'failure', 'cancelled', null] as const;
  for (const [at, conclusion] of conclusions.entries()) {
    await insert(app, 'feature', { conclusion, minutesAgo: 50 - at });
  }
  await insert(app, 'main', { incomplete: INCOMPLETE, minutesAgo: 20 });
  const trial = await insert(app, 'main', { conclusion: 'failure', minutesAgo: 10 });
  await server.query(`update checks set settings = '{}' where id = $1`, [trial]);
  expect((await readListed(app)).recent_conclusions).toEqual([
    ...['error', 'success', 'failure', 'cancelled'],
    'incomplete',
  ]);
  for (let minutesAgo = 9; minutesAgo > 1; minutesAgo -= 1) {
    await insert(app, 'main', { minutesAgo });
  }
  expect((await readListed(app)).recent_conclusions).toEqual([
    ...['cancelled', 'incomplete'],
    ...Array(8).fill('success'),
  ]);
});

test('tells which first steps of an app are done', async () => {
  const { body: app } = await asAdmin(server, 'post', '/api/apps').send({ name: 'New' });
  const nothing = {
    has_api_key: false,
    is_api_key_used: false,
    has_ci_check: false,
    has_pull_request_check: false,
  };
  expect(await readSetup(app)).toEqual(nothing);
  // A person's check is none of CI, and a pull request's counts when it has ended.
  await insert(app, 'main', { triggeredBy: 'schedule', metadata: { pull_request_id: '1' } });
  expect(await readSetup(app)).toEqual(nothing);
  const { body: key } = await asAdmin(server, 'post', `/api/apps/${app.id}/api-key`);
  expect(await readSetup(app)).toEqual({ ...nothing, has_api_key: true });
  const keyed: TestApp = { ...app, apiKey: key.api_key };
  expect((await withKey(server, keyed, 'get', '')).status).toBe(200);
  expect(await readSetup(app)).toEqual({ ...nothing, has_api_key: true, is_api_key_used: true });
  await insert(app, 'feature', { conclusion: null, metadata: { pull_request_id: '2' } });
  expect(await readSetup(app)).toMatchObject({ has_ci_check: true, has_pull_request_check: false });
  await insert(app, 'feature', { conclusion: 'failure', metadata: { pull_request_id: '2' } });
  expect(await readSetup(app)).toMatchObject({ has_ci_check: true, has_pull_request_check: true });
});

test('tells the first steps to members of the app’s organization, and to nobody else', async () => {
  const app = await server.createApp({ url: 'http://127.0.0.1:9/' });
  await trigger(server, app);
  const path = `/api/apps/${app.id}/setup`;
  const viewer = await signInLocally(server, 'viewer@example.com');
  const refused = await asAdmin(server, 'get', path, viewer.cookie);
  expect([refused.status, refused.body.code]).toEqual([404, 'app_not_found']);
  await server.query(
    `insert into members (organization_id, user_id, role) select organization_id, $2, 'viewer' from apps where id = $1`,
    [app.id, viewer.id],
  );
  const { body } = await asAdmin(server, 'get', path, viewer.cookie);
  expect(body).toMatchObject({ has_api_key: true, has_ci_check: true });
  const withItsKey = await withKey(server, app, 'get', '/setup');
  expect([withItsKey.status, withItsKey.body.code]).toEqual([403, 'session_required']);
  const unknown = await asAdmin(server, 'get', '/api/apps/no-such-app/setup');
  expect([unknown.status, unknown.body.code]).toEqual([404, 'app_not_found']);
});
