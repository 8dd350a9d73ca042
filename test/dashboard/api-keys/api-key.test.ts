import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { startBrowser, type TestBrowser } from '../../helpers/browser/browser.ts';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

jest.setTimeout(120_000);

let browser: TestBrowser;
let server: TestServer;

beforeAll(async () => {
  [browser, server] = await Promise.all([startBrowser(), startTestServer()]);
});
afterEach(async () => {
  expect(await browser.closeVisits()).toEqual([]);
});
afterAll(async () => {
  await browser.stop();
  await server.stop();
});

const API_KEY = /qsk_[A-Za-z0-9]{42}/;

async function createApp({ withKey: hasKey = false } = {}): Promise<TestApp> {
  const app = await server.createApp({ url: 'http://127.0.0.1:9/' });
  if (!hasKey) {
    await asAdmin(server, 'delete', `/api/apps/${app.id}/api-key`);
  }
  return app;
}

async function openSettings(app: TestApp) {
  const visit = await browser.open({ server, cookie: server.cookie });
  await visit.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: visit.origin });
  await visit.goTo(`/apps/${app.alias}/settings`);
  return visit;
}

const section = (page: Page) => page.getByRole('region', { name: 'API key', exact: true });
const press = (page: Page, name: string) => section(page).getByRole('button', { name, exact: true }).click();
const shownKey = (page: Page) => section(page).getByRole('region', { name: 'the API key' });
const dialog = (page: Page) => page.getByRole('alertdialog');

async function generate(page: Page): Promise<string> {
  await press(page, 'Generate API key');
  return (await shownKey(page).innerText()).trim();
}

/** Everything the browser keeps of the page, but for what is on its screen. */
async function readLeftovers(page: Page): Promise<string> {
  const kept = await page.evaluate(`JSON.stringify([
    location.href, history.state, document.cookie, { ...localStorage }, { ...sessionStorage }, document.title,
  ])`);
  return `${kept}${JSON.stringify(await page.context().storageState({ indexedDB: true }))}`;
}

async function isAccepted(app: TestApp, apiKey: string): Promise<boolean> {
  const { status } = await withKey(server, { ...app, apiKey }, 'get');
  return status === 200;
}

test('Generate API key shows the whole key once, to copy, and it works', async () => {
  const app = await createApp();
  const { page } = await openSettings(app);
  await section(page).getByText('This app has no API key.').waitFor();
  const apiKey = await generate(page);
  expect(apiKey).toMatch(new RegExp(`^${API_KEY.source}$`));
  expect(await isAccepted(app, apiKey)).toBe(true);
  expect(await section(page).getByRole('status').first().innerText()).toContain(
    'Copy this key and store it now.',
  );
  await section(page).getByRole('button', { name: 'Copy the API key' }).click();
  await section(page).getByText('Copied.').waitFor({ state: 'attached' });
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(apiKey);

  // The page goes on showing it while it stays open, whatever it reads anew meanwhile.
  await page.evaluate(`dispatchEvent(new Event('visibilitychange'))`);
  await page.getByRole('rowheader', { name: 'API key generated' }).first().waitFor();
  expect((await shownKey(page).innerText()).trim()).toBe(apiKey);
  expect(await readLeftovers(page)).not.toMatch(API_KEY);
});

test('a reload shows the key’s ends, when, by whom and its last use, and no more', async () => {
  const app = await createApp();
  const { page } = await openSettings(app);
  const apiKey = await generate(page);
  await page.reload();
  await section(page).getByText('Last used').waitFor();
  const text = await section(page).innerText();
  expect(text).toContain(`${apiKey.slice(0, 8)}…${apiKey.slice(-4)}`);
  expect(text).toMatch(/Generated\s+just now by admin@localhost\s+Last used\s+never/);
  expect(await page.content()).not.toMatch(API_KEY);

  await withKey(server, { ...app, apiKey }, 'post', '/trigger').send({});
  await page.reload();
  await section(page).getByText('Last used').waitFor();
  expect(await section(page).innerText()).toMatch(/Last used\s+just now/);
});

test.each(['within the dashboard', 'by a whole new page'] as const)(
  'after leaving %s the key is nowhere, and Back does not bring it again',
  async (way) => {
    const app = await createApp();
    const visit = await openSettings(app);
    const { page } = visit;
    await generate(page);
    if (way === 'within the dashboard') {
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Apps' }).click();
      await page.getByRole('heading', { name: 'Apps', level: 1 }).waitFor();
    } else {
      await visit.goTo('/organization');
      await page.getByRole('heading', { name: 'Members' }).waitFor();
    }
    expect(await page.content()).not.toMatch(API_KEY);
    expect(await readLeftovers(page)).not.toMatch(API_KEY);
    await page.goBack();
    await section(page).getByText('Last used').waitFor();
    expect(await page.content()).not.toMatch(API_KEY);
    await page.goForward();
    expect(await page.content()).not.toMatch(API_KEY);
  },
);

test('Generate API key again asks, and replaces the key at once', async () => {
  const app = await createApp({ withKey: true });
  const { page } = await openSettings(app);
  await press(page, 'Generate API key');
  expect(await dialog(page).innerText()).toMatch(/Replace the API key\?[\s\S]*old one, which stops at once/);
  await dialog(page).getByRole('button', { name: 'Keep as it is' }).click();
  await dialog(page).waitFor({ state: 'hidden' });
  expect(await isAccepted(app, app.apiKey)).toBe(true);

  await press(page, 'Generate API key');
  await dialog(page).getByRole('button', { name: 'Generate API key' }).click();
  const apiKey = (await shownKey(page).innerText()).trim();
  expect(apiKey).not.toBe(app.apiKey);
  expect([await isAccepted(app, app.apiKey), await isAccepted(app, apiKey)]).toEqual([false, true]);

  // Once more, from the page that shows one.
  await press(page, 'Generate API key');
  await dialog(page).getByRole('button', { name: 'Generate API key' }).click();
  await dialog(page).waitFor({ state: 'hidden' });
  const next = (await shownKey(page).innerText()).trim();
  expect([await isAccepted(app, apiKey), await isAccepted(app, next)]).toEqual([false, true]);
});

test('Remove API key asks, and removes it at once', async () => {
  const app = await createApp({ withKey: true });
  const { page } = await openSettings(app);
  await press(page, 'Remove API key');
  await dialog(page).getByRole('button', { name: 'Keep as it is' }).click();
  expect(await isAccepted(app, app.apiKey)).toBe(true);

  await press(page, 'Remove API key');
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'hidden' });
  expect(await isAccepted(app, app.apiKey)).toBe(true);

  await press(page, 'Remove API key');
  await dialog(page).getByRole('button', { name: 'Remove API key' }).click();
  await section(page).getByText('This app has no API key.').waitFor();
  expect(await isAccepted(app, app.apiKey)).toBe(false);
  // Whoever uses the keyboard is where the next step is.
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Generate API key');
});

test('a key that is replaced in another tab is hidden, and the tab says so', async () => {
  const app = await createApp();
  const [first, second] = [await openSettings(app), await openSettings(app)];
  const old = await generate(first.page);
  await second.page.reload();
  await press(second.page, 'Generate API key');
  await dialog(second.page).getByRole('button', { name: 'Generate API key' }).click();
  const current = (await shownKey(second.page).innerText()).trim();

  await first.page.getByText('The key that was shown here has been replaced or removed elsewhere').waitFor();
  expect(await first.page.content()).not.toContain(old);
  expect((await shownKey(second.page).innerText()).trim()).toBe(current);
  expect([await isAccepted(app, old), await isAccepted(app, current)]).toEqual([false, true]);
});

test('the audit log tells who did what, when and from where, and what was refused', async () => {
  const app = await createApp();
  const { page } = await openSettings(app);
  const apiKey = await generate(page);
  await press(page, 'Remove API key');
  await dialog(page).getByRole('button', { name: 'Remove API key' }).click();
  await section(page).getByText('This app has no API key.').waitFor();
  expect(await isAccepted(app, apiKey)).toBe(false);
  await page.reload();
  const log = page.getByRole('region', { name: 'Audit log' });
  const refused = log.getByRole('row', { name: 'API key refused' });
  expect(await refused.first().innerText()).toContain(`starts with ${apiKey.slice(0, 8)}`);
  const removed = await log.getByRole('row', { name: 'API key removed' }).first().innerText();
  expect(removed).toMatch(/admin@localhost\s+just now\s+\S+\s+Mozilla/);
  expect(await log.getByRole('row', { name: 'API key generated' }).count()).toBe(2);
  expect(await page.content()).not.toMatch(API_KEY);
});

test('a key that was found in public is told with where, as a link that tells nothing of this page', async () => {
  const app = await createApp();
  const place = 'https://github.com/octocat/Hello-World/blob/main/%3Cimg%20src=x%3E.txt';
  // The second is refused before it gets here: the page must not depend on that.
  for (const url of [place, 'javascript:alert(1)']) {
    await server.query(
      `insert into audit_events (app_id, action, actor_type, api_key_start, leak_url, leak_source)
       values ($1, 'api_key.leaked', 'secret_scanning', 'qsk_Ab12', $2, 'pull_request_comment')`,
      [app.id, url],
    );
  }
  const { page } = await openSettings(app);
  const rows = page
    .getByRole('region', { name: 'Audit log' })
    .getByRole('row', { name: 'API key found in public, and removed' });
  await rows.nth(1).waitFor();
  const [script, found] = [rows.nth(0), rows.nth(1)];
  expect(await found.innerText()).toContain(
    'starts with qsk_Ab12. Found in: pull request comment. Found at: https',
  );
  expect(await found.innerText()).toContain('GitHub secret scanning');
  const link = found.getByRole('link', { name: place });
  expect([await link.getAttribute('href'), await link.getAttribute('rel')]).toEqual([place, 'noreferrer']);
  expect(await script.innerText()).toContain('javascript:alert(1)');
  expect(await script.getByRole('link').count()).toBe(0);
});

test('a long audit log comes in pages', async () => {
  const app = await createApp();
  for (let round = 0; round < 11; round += 1) {
    await asAdmin(server, 'post', `/api/apps/${app.id}/api-key`);
    await asAdmin(server, 'delete', `/api/apps/${app.id}/api-key`);
  }
  const { page } = await openSettings(app);
  const log = page.getByRole('region', { name: 'Audit log' });
  await log.getByRole('row').nth(20).waitFor();
  expect(await log.getByRole('row').count()).toBe(1 + 20);
  await log.getByRole('button', { name: 'Show more' }).click();
  // The button says that it is busy first: that it is not there any more does not mean that the rows are.
  await log.getByRole('row').nth(24).waitFor();
  await log.getByRole('button', { name: /Show more|Loading/ }).waitFor({ state: 'hidden' });
  expect(await log.getByRole('row').count()).toBe(1 + 24);
});

test('a generation that fails shows why and no key, and can be tried again', async () => {
  const app = await createApp();
  const { page, allow } = await openSettings(app);
  await section(page).getByText('This app has no API key.').waitFor();
  allow(/ERR_FAILED/);
  await page.route('**/api-key', (route) =>
    route.request().method() === 'POST' ? route.abort() : route.continue(),
  );
  await press(page, 'Generate API key');
  expect(await section(page).getByRole('alert').innerText()).toContain('The server does not answer.');
  expect(await page.content()).not.toMatch(API_KEY);
  await page.unroute('**/api-key');
  expect(await generate(page)).toMatch(API_KEY);
  expect(await section(page).getByRole('alert').count()).toBe(0);
});

test('by keyboard alone: generate, and copy', async () => {
  const app = await createApp({ withKey: true });
  const { page } = await openSettings(app);
  await section(page).getByRole('button', { name: 'Generate API key' }).focus();
  await page.keyboard.press('Enter');
  await dialog(page).waitFor();
  // The dialog has the focus, and keeps it.
  for (let count = 0; count < 5; count += 1) {
    await page.keyboard.press('Tab');
    // By way of a guard at its end, which hands the focus on.
    await page.locator('[role=alertdialog] :focus').waitFor({ state: 'attached' });
  }
  await dialog(page).getByRole('button', { name: 'Generate API key' }).focus();
  await page.keyboard.press('Enter');
  await dialog(page).waitFor({ state: 'hidden' });
  const apiKey = (await shownKey(page).innerText()).trim();
  await section(page).getByRole('button', { name: 'Copy the API key' }).focus();
  await page.keyboard.press('Enter');
  await section(page).getByText('Copied.').waitFor({ state: 'attached' });
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(apiKey);
});
