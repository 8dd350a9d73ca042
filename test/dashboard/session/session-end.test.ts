import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { startBrowser, type TestBrowser, type Visit } from '../../helpers/browser/browser.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import { startTcpProxy, type TcpProxy } from '../../helpers/network/tcp-proxy.ts';
import { insertCheck, passed } from '../../helpers/server/checks.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';
import { signInWithPassword } from '../../helpers/server/sign-in.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../../helpers/stand-ins/supabase.ts';

jest.setTimeout(180_000);

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
/** The browser's own lines: for an answer that is an error, and for one that never came. */
const REFUSED = /^console: Failed to load resource: the server responded with a status of 40[134] /;
const UNREACHED = /^console: Failed to load resource: net::ERR_/;

let browser: TestBrowser;
let database: TestDatabase;
let supabase: Supabase;
let server: TestServer;
let hosted: TestServer;
/** Between the browser and the server, to be cut. */
let wire: TcpProxy;
let app: TestApp;

beforeAll(async () => {
  [browser, database, supabase] = await Promise.all([startBrowser(), createTestDatabase(), startSupabase()]);
  server = await startTestServer({ database });
  const env = { SUPABASE_URL: supabase.url, SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY };
  hosted = await startTestServer({ env, database });
  wire = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(server.url).port) });
  app = await server.createApp({ name: 'Shop', url: 'http://127.0.0.1:9' });
});
afterEach(async () => {
  await wire.restore();
  expect(await browser.closeVisits()).toEqual([]);
});
afterAll(async () => {
  await browser.stop();
  await wire.stop();
  await Promise.all([server.stop(), hosted.stop(), supabase.stop()]);
  await database.drop();
});

/** Somebody who is signed in, and whose way to the server can be cut. */
async function visitByWire(path: string): Promise<Visit> {
  const visit = await browser.open({
    server: { url: `http://127.0.0.1:${wire.port}` },
    cookie: server.cookie,
  });
  await visit.goTo(path);
  return visit;
}

async function visit(path: string, cookie = server.cookie, at: TestServer = server): Promise<Visit> {
  const visited = await browser.open({ server: at, cookie });
  visited.allow(REFUSED);
  await visited.goTo(path);
  return visited;
}

const alert = ({ page }: Visit) => page.getByRole('alert');
const heading = ({ page }: Visit, name: string) => page.getByRole('heading', { level: 1, name, exact: true });

test('the list of apps says that the server is gone, and recovers by itself or on “Try again”', async () => {
  const visited = await visitByWire('/');
  visited.allow(UNREACHED);
  const { page } = visited;
  await page.getByRole('link', { name: 'Shop' }).waitFor();
  await wire.cut();
  await alert(visited).getByText('The server does not answer.').waitFor();
  await alert(visited).getByText('Check your connection and try again.').waitFor();
  // What was read before stays readable.
  await page.getByRole('link', { name: 'Shop' }).waitFor();
  await wire.restore();
  await page.getByRole('button', { name: 'Try again' }).click();
  await alert(visited).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Shop' }).waitFor();
});

/** What the browser and React say of a script that is not there. */
const PART_MISSING = /Unable to preload|Failed to fetch dynamically/;

test('a page whose script cannot be loaded says that the server is gone, and is there once it is back', async () => {
  const visited = await visitByWire('/');
  visited.allow(UNREACHED);
  visited.allow(PART_MISSING);
  const { page } = visited;
  await page.getByRole('link', { name: 'Shop' }).waitFor();
  await wire.cut();
  await page.getByRole('link', { name: 'Shop' }).click();
  await heading(visited, 'This page cannot be shown').waitFor();
  await alert(visited).getByText('The server does not answer.').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await heading(visited, 'This page cannot be shown').waitFor();
  await wire.restore();
  await page.getByRole('button', { name: 'Try again' }).click();
  await heading(visited, 'Shop').waitFor();
});

test('a page whose script an upgrade took away is loaded anew by itself', async () => {
  const visited = await visit('/');
  visited.allow(PART_MISSING);
  const { page } = visited;
  await page.getByRole('link', { name: 'Shop' }).waitFor();
  const script = /\/assets\/app-page/;
  await visited.context.route(script, (route) => route.fulfill({ status: 404 }), { times: 1 });
  await page.getByRole('link', { name: 'Shop' }).click();
  await heading(visited, 'Shop').waitFor();
});

test('where that is no help the page says so, and other pages can be reached', async () => {
  const visited = await visit('/');
  visited.allow(PART_MISSING);
  const { page } = visited;
  await page.getByRole('link', { name: 'Shop' }).waitFor();
  await visited.context.route(/\/assets\/app-page/, (route) => route.fulfill({ status: 404 }));
  const reloaded = page.waitForEvent('load');
  await page.getByRole('link', { name: 'Shop' }).click();
  await reloaded;
  await heading(visited, 'This page cannot be shown').waitFor();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Apps' }).click();
  await heading(visited, 'Apps').waitFor();
});

test('a live check says that it is cut off, shows the last that is known, and goes on by itself', async () => {
  const id = await insertCheck(database, app, { conclusion: null, flows: [passed('GET /')] });
  const visited = await visitByWire(`/apps/${app.alias}/checks/${id}`);
  visited.allow(UNREACHED);
  const { page } = visited;
  await page.getByText('1 flows done so far').waitFor();
  await wire.cut();
  const notice = page.getByRole('status').filter({ hasText: 'The server does not answer.' });
  await notice.getByText('This page is trying again; below is the last that is known.').waitFor();
  await page.getByText('1 flows done so far').waitFor();
  await database.query(
    `update checks set status = 'finished', conclusion = 'success', claimable_at = null, finished_at = now(),
       revision = revision + 1
     where id = $1`,
    [id],
  );
  await wire.restore();
  await page.getByRole('region', { name: 'Result' }).getByText('✓ Passed').waitFor();
  await notice.waitFor({ state: 'detached' });
});

test('a machine that is offline is told so when it presses a button, and not left waiting', async () => {
  const visited = await visit(`/apps/${app.alias}`);
  visited.allow(UNREACHED);
  const { page } = visited;
  await page.getByRole('button', { name: 'Run check' }).waitFor();
  await visited.context.setOffline(true);
  await page.getByRole('button', { name: 'Run check' }).click();
  await alert(visited).filter({ hasText: 'The server does not answer.' }).first().waitFor();
  await visited.context.setOffline(false);
  await page.getByRole('button', { name: 'Run check' }).click();
  await page.waitForURL(/\/checks\//);
});

test('without a session every page is the sign-in', async () => {
  for (const path of ['/', `/apps/${app.alias}`, `/apps/${app.alias}/settings`, '/organization']) {
    const visited = await visit(path, '');
    await heading(visited, 'Sign in').waitFor();
    expect(await visited.page.getByText('Your session has ended').count()).toBe(0);
    expect(await visited.page.getByText('Shop').count()).toBe(0);
    expect(new URL(visited.page.url()).pathname).toBe(path);
  }
});

test('with a cookie that was tampered with it is the sign-in, which says that the session is over', async () => {
  const [name = '', value = ''] = server.cookie.split('=');
  const tampered = Buffer.from(value.replace('base64-', ''), 'base64url')
    .toString()
    .replace(/(access_token":"[^"]+)/, '$1x');
  const visited = await visit('/', `${name}=base64-${Buffer.from(tampered).toString('base64url')}`);
  await heading(visited, 'Sign in').waitFor();
  await visited.page.getByText('Your session has ended').waitFor();
});

test('a page whose session ends while it is open becomes the sign-in, and shows nothing any more', async () => {
  const visited = await visit(`/apps/${app.alias}`);
  await heading(visited, 'Shop').waitFor();
  await visited.context.clearCookies();
  // Its next look for news is refused.
  await heading(visited, 'Sign in').waitFor();
  await visited.page.getByText('Your session has ended').waitFor();
  expect(await visited.page.getByText('Shop').count()).toBe(0);
});

test('so does a check that is live', async () => {
  const id = await insertCheck(database, app, { conclusion: null, flows: [passed('GET /')] });
  const visited = await visit(`/apps/${app.alias}/checks/${id}`);
  await visited.page.getByText('1 flows done so far').waitFor();
  await visited.context.clearCookies();
  await database.query(`update checks set revision = revision + 1 where id = $1`, [id]);
  await database.query(`select pg_notify('qassandra_check_changed', $1)`, [id]);
  await heading(visited, 'Sign in').waitFor();
  expect(await visited.page.getByText('GET /').count()).toBe(0);
});

test('an app that there is not, or of somebody else, says so and leads back', async () => {
  const stranger = await signInWithPassword(supabase, hosted);
  for (const visited of [
    await visit('/apps/no-such-app'),
    await visit(`/apps/${UNKNOWN_ID}`),
    await visit(`/apps/${app.alias}`, stranger, hosted),
    await visit(`/apps/${app.alias}/settings`, stranger, hosted),
  ]) {
    await alert(visited).filter({ hasText: 'No such app.' }).waitFor();
    await visited.page.getByRole('link', { name: 'Apps' }).last().click();
    await heading(visited, 'Apps').waitFor();
  }
});

test('a check that there is not says so and leads back', async () => {
  for (const id of [UNKNOWN_ID, 'nonsense']) {
    const visited = await visit(`/apps/${app.alias}/checks/${id}`);
    await alert(visited).filter({ hasText: 'No such check.' }).waitFor();
    await visited.page.getByRole('link', { name: 'Back to the app' }).click();
    await heading(visited, 'Shop').waitFor();
  }
});

test.each(['/nowhere', '/apps', '/apps/x/y/z'])('%s is no page, and says so', async (path) => {
  const visited = await visit(path);
  await heading(visited, 'There is no such page').waitFor();
  await visited.page.getByRole('link', { name: 'your apps' }).click();
  await heading(visited, 'Apps').waitFor();
});

test('a viewer is offered nothing that takes more, and what they open by address says what it takes', async () => {
  const cookie = await signInWithPassword(supabase, hosted);
  const { body: me } = await asAdmin(hosted, 'get', '/api/me', cookie);
  await database.query(
    `insert into members (organization_id, user_id, role)
     select organization_id, $1, 'viewer' from apps where id = $2`,
    [me.user.id, app.id],
  );
  const running = await insertCheck(database, app, { conclusion: null });
  const ended = await insertCheck(database, app);

  const visited = await visit(`/apps/${app.alias}`, cookie, hosted);
  await heading(visited, 'Shop').waitFor();
  await visited.page.getByRole('table').waitFor();
  expect(await visited.page.getByRole('button', { name: 'Run check' }).count()).toBe(0);
  for (const id of [running, ended]) {
    await visited.goTo(`/apps/${app.alias}/checks/${id}`);
    await visited.page.getByRole('region', { name: 'Result' }).waitFor();
    expect(await visited.page.getByRole('button', { name: /Cancel|Run again/ }).count()).toBe(0);
  }
  await visited.goTo(`/apps/${app.alias}/settings`);
  await heading(visited, 'App settings').waitFor();
  await visited.page.getByText(/admin/i).first().waitFor();
  expect(await visited.page.getByRole('button', { name: /API key|Save|Delete/ }).count()).toBe(0);
});

test('a member whose role is taken away while the page is open is told so by the next button', async () => {
  const cookie = await signInWithPassword(supabase, hosted);
  const { body: me } = await asAdmin(hosted, 'get', '/api/me', cookie);
  await database.query(
    `insert into members (organization_id, user_id, role)
     select organization_id, $1, 'member' from apps where id = $2`,
    [me.user.id, app.id],
  );
  const visited = await visit(`/apps/${app.alias}`, cookie, hosted);
  await visited.page.getByRole('button', { name: 'Run check' }).waitFor();
  await database.query(`update members set role = 'viewer' where user_id = $1 and role = 'member'`, [
    me.user.id,
  ]);
  await visited.page.getByRole('button', { name: 'Run check' }).click();
  await alert(visited).filter({ hasText: 'Your role does not allow this.' }).waitFor();
});
