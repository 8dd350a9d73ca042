import { expect, test } from '@jest/globals';
import type { Visit } from '../../helpers/browser/browser.ts';
import { passTimeUntil, setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { failRequests, toProblem } from '../../helpers/browser/interception.ts';
import { insertCheck, passed } from '../../helpers/server/checks.ts';
import type { TestApp } from '../../helpers/server/server.ts';

const dashboard = setUpDashboard();

/** The browser's own line for an answer that says who is asking is not known. */
const REFUSED = /status of 401/;

const heading = ({ page }: Visit, name: string) => page.getByRole('heading', { level: 1, name, exact: true });
const ended = ({ page }: Visit) =>
  page.getByText('Your session has ended. Sign in again to go on where you were.');
const createShop = (): Promise<TestApp> =>
  dashboard.server.createApp({ name: 'Shop', url: 'http://127.0.0.1:9' });

/** Comes back to the tab, which is when the page asks anew. */
const returnToTab = ({ page }: Visit) => page.evaluate(`dispatchEvent(new Event('visibilitychange'))`);

test('shows the sign-in at every address without a session', async () => {
  const app = await createShop();
  const visited = await dashboard.open('/', { cookie: '', allow: [REFUSED] });
  for (const path of ['/', `/apps/${app.alias}`, `/apps/${app.alias}/settings`, '/organization']) {
    await visited.goTo(path);
    await heading(visited, 'Sign in').waitFor();
    expect(await ended(visited).count()).toBe(0);
    expect(await visited.page.getByText('Shop').count()).toBe(0);
    expect(new URL(visited.page.url()).pathname).toBe(path);
  }
  // What to run for a new link can be copied.
  await visited.page.getByText('npm run sign-in', { exact: true }).waitFor();
  await visited.page.getByText('docker compose exec server node server/commands/sign-in.ts').waitFor();
  await visited.page.getByText(`Sign in: ${visited.origin}/…`).waitFor();
});

test('shows the sign-in for a cookie that was tampered with, and says that the session has ended', async () => {
  const [name = '', value = ''] = dashboard.server.cookie.split('=');
  const tampered = Buffer.from(value.replace('base64-', ''), 'base64url')
    .toString()
    .replace(/(access_token":"[^"]+)/, '$1x');
  const cookie = `${name}=base64-${Buffer.from(tampered).toString('base64url')}`;
  const visited = await dashboard.open('/', { cookie, allow: [REFUSED] });
  await heading(visited, 'Sign in').waitFor();
  await ended(visited).waitFor();
});

test('shows the sign-in when the session ends, and the same page after signing in again', async () => {
  const app = await createShop();
  const visited = await dashboard.open(`/apps/${app.alias}`, { allow: [REFUSED], hasClock: true });
  await heading(visited, 'Shop').waitFor();
  const cookies = await visited.context.cookies();
  await visited.context.clearCookies();
  // Its next look for news is refused.
  await passTimeUntil(visited, heading(visited, 'Sign in'));
  await ended(visited).waitFor();
  await heading(visited, 'Sign in').and(visited.page.locator(':focus')).waitFor();
  expect(await visited.page.getByText('Shop').count()).toBe(0);

  // The person has signed in in another tab.
  await visited.context.addCookies(cookies);
  await returnToTab(visited);
  await heading(visited, 'Shop').waitFor();
  await visited.page.locator('main:focus').waitFor();
  expect(new URL(visited.page.url()).pathname).toBe(`/apps/${app.alias}`);
});

test('shows the sign-in when the session ends while a check is watched', async () => {
  const app = await createShop();
  const id = await insertCheck(dashboard.server, app, { conclusion: null, flows: [passed('GET /')] });
  const visited = await dashboard.open(`/apps/${app.alias}/checks/${id}`, { allow: [REFUSED] });
  await visited.page.getByText('1 flow done so far').waitFor();
  await visited.context.clearCookies();
  await dashboard.server.query(`update checks set revision = revision + 1 where id = $1`, [id]);
  await dashboard.server.query(`select pg_notify('qassandra_check_changed', $1)`, [id]);
  await heading(visited, 'Sign in').waitFor();
  expect(await visited.page.getByText('GET /').count()).toBe(0);
});

test('shows the sign-in when a button is pressed after the session has ended', async () => {
  const app = await createShop();
  const visited = await dashboard.open(`/apps/${app.alias}`, { allow: [REFUSED] });
  await visited.page.getByRole('heading', { name: 'No checks yet' }).waitFor();
  await visited.context.clearCookies();
  await visited.page.getByRole('button', { name: 'Run check' }).click();
  await heading(visited, 'Sign in').waitFor();
  await ended(visited).waitFor();
});

test('says why signing out failed, and keeps the person signed in', async () => {
  const visited = await dashboard.open('/');
  const { page } = visited;
  const mend = await failRequests(visited, { method: 'POST', path: /\/auth\/sign-out$/ });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('banner').getByRole('alert').getByText('The server does not answer.').waitFor();
  await heading(visited, 'Apps').waitFor();
  expect(await page.getByText('admin@localhost').count()).toBe(1);
  await mend();
});

test('shows the person and the current page in the top bar', async () => {
  const visited = await dashboard.open('/organization');
  const { page } = visited;
  const account = page.getByRole('banner').getByText('admin@localhost');
  expect(await account.getAttribute('title')).toBe('admin@localhost');
  const current = page.getByRole('navigation', { name: 'Main' }).locator('[aria-current="page"]');
  expect(await current.allInnerTexts()).toEqual(['Organization']);
  await page.getByRole('link', { name: 'Qassandra' }).click();
  await heading(visited, 'Apps').waitFor();
  expect(await current.allInnerTexts()).toEqual(['Apps']);
  // An underline that stays in forced colours.
  await page.emulateMedia({ forcedColors: 'active' });
  const border = await page.evaluate(
    `getComputedStyle(document.querySelector('nav [aria-current="page"]')).borderBottomWidth`,
  );
  expect(border).toBe('2px');
  await page.emulateMedia({ forcedColors: 'none' });
  expect(await page.getByRole('link', { name: 'API' }).getAttribute('href')).toBe('/api/docs/');
});

test('shows why the session could not be read, and reads it after “Try again”', async () => {
  const visited = await dashboard.open('/organization', { hasClock: true });
  await visited.page.getByRole('heading', { name: 'Members' }).waitFor();
  const problem = toProblem(500, 'Out of order', 'Come back later.');
  const mend = await failRequests(visited, { path: /\/api\/me$/ }, problem);
  await visited.goTo('/');
  const alert = visited.page.getByRole('alert');
  await passTimeUntil(visited, alert);
  expect(await alert.innerText()).toContain('Out of order. Come back later.');
  expect(await visited.page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
  await mend();
  await visited.page.getByRole('button', { name: 'Try again' }).click();
  await heading(visited, 'Apps').waitFor();
});
