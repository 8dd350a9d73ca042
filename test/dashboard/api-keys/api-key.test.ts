import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { passTimeUntil, setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { failRequests, holdRequests, toProblem } from '../../helpers/browser/interception.ts';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import type { TestApp } from '../../helpers/server/server.ts';

const dashboard = setUpDashboard();

const API_KEY = /qsk_[A-Za-z0-9]{42}/;

async function createApp({ withKey: hasKey = false } = {}): Promise<TestApp> {
  const app = await dashboard.server.createApp({ url: 'http://127.0.0.1:9/' });
  if (!hasKey) {
    await asAdmin(dashboard.server, 'delete', `/api/apps/${app.id}/api-key`);
  }
  return app;
}

async function openSettings(app: TestApp, options = {}) {
  const visit = await dashboard.open(`/apps/${app.alias}/settings`, options);
  await visit.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: visit.origin });
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
  const { status } = await withKey(dashboard.server, { ...app, apiKey }, 'get');
  return status === 200;
}

test('shows a generated key once, to copy, and the key works', async () => {
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

test('shows only the ends of the key, its origin and its last use after a reload', async () => {
  const app = await createApp();
  const { page } = await openSettings(app);
  const apiKey = await generate(page);
  await page.reload();
  await section(page).getByText('Last used').waitFor();
  const text = await section(page).innerText();
  expect(text).toContain(`${apiKey.slice(0, 8)}…${apiKey.slice(-4)}`);
  expect(text).toMatch(/Generated\s+just now by admin@localhost\s+Last used\s+never/);
  expect(await page.content()).not.toMatch(API_KEY);

  await withKey(dashboard.server, { ...app, apiKey }, 'post', '/trigger').send({});
  await page.reload();
  await section(page).getByText('Last used').waitFor();
  expect(await section(page).innerText()).toMatch(/Last used\s+just now/);
});

test.each(['within the dashboard', 'by a whole new page'] as const)(
  'keeps the key nowhere after leaving %s, not even for Back',
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

test('asks before it replaces the key, which takes effect at once', async () => {
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

test('asks before it removes the key, which takes effect at once', async () => {
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

test('hides a key that is replaced in another tab, and says so', async () => {
  const app = await createApp();
  const first = await openSettings(app, { hasClock: true });
  const second = await openSettings(app);
  const old = await generate(first.page);
  await second.page.reload();
  await press(second.page, 'Generate API key');
  await dialog(second.page).getByRole('button', { name: 'Generate API key' }).click();
  const current = (await shownKey(second.page).innerText()).trim();

  await passTimeUntil(
    first,
    first.page.getByText('The key that was shown here has been replaced or removed elsewhere'),
  );
  expect(await first.page.content()).not.toContain(old);
  expect((await shownKey(second.page).innerText()).trim()).toBe(current);
  expect([await isAccepted(app, old), await isAccepted(app, current)]).toEqual([false, true]);
});

test('shows why no key was generated, and can try again', async () => {
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

test('generates and copies a key by keyboard alone', async () => {
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

test('shows that a key is being generated, and generates no second one at a second press', async () => {
  const app = await createApp();
  const visit = await openSettings(app);
  const { page } = visit;
  const release = await holdRequests(visit, { method: 'POST', path: /\/api-key$/ });
  await press(page, 'Generate API key');
  await section(page).getByRole('button', { name: 'Generating…' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Enter');
  release();
  await shownKey(page).waitFor();
  // The button that was pressed is gone; the key has the focus.
  await page.locator('.fresh-key:focus').waitFor();
  const log = page.getByRole('region', { name: 'Audit log' });
  await log.getByRole('rowheader', { name: 'API key generated' }).nth(1).waitFor();
  expect(await log.getByRole('rowheader', { name: 'API key generated' }).count()).toBe(2);
});

test.each([
  ['Generate API key', 'POST'],
  ['Remove API key', 'DELETE'],
] as const)('keeps the key if “%s” fails, and says why in the dialog', async (name, method) => {
  const app = await createApp({ withKey: true });
  const visit = await openSettings(app);
  const { page } = visit;
  const problem = toProblem(503, 'Out of order', 'Come back later.');
  const mend = await failRequests(visit, { method, path: /\/api-key$/ }, problem);
  await press(page, name);
  await dialog(page).getByRole('button', { name }).click();
  expect(await dialog(page).getByRole('alert').innerText()).toBe('Out of order. Come back later.');
  expect(await shownKey(page).count()).toBe(0);
  expect(await isAccepted(app, app.apiKey)).toBe(true);
  await mend();
  await dialog(page).getByRole('button', { name }).click();
  await dialog(page).waitFor({ state: 'hidden' });
  expect(await isAccepted(app, app.apiKey)).toBe(false);
});

test('shows a change that the server made even if its answer is lost', async () => {
  const app = await createApp({ withKey: true });
  const { page, context, allow } = await openSettings(app);
  allow(/ERR_FAILED/);
  // The server does its work; its answer does not arrive.
  await context.route(/\/api-key$/, async (route) => {
    if (route.request().method() === 'DELETE') {
      await route.fetch();
      await route.abort();
    } else {
      await route.fallback();
    }
  });
  await press(page, 'Remove API key');
  await dialog(page).getByRole('button', { name: 'Remove API key' }).click();
  await section(page).getByText('This app has no API key.').waitFor({ state: 'attached' });
  expect(await isAccepted(app, app.apiKey)).toBe(false);
});

test('shows why the key could not be read, and reads it after “Try again”', async () => {
  const app = await createApp({ withKey: true });
  const visit = await openSettings(app, { hasClock: true });
  const { page } = visit;
  await section(page).getByText('Last used').waitFor();
  const problem = toProblem(503, 'Out of order', 'Come back later.');
  const mend = await failRequests(visit, { path: /\/api-key$/ }, problem);
  await page.reload();
  await passTimeUntil(visit, section(page).getByRole('alert'));
  expect(await section(page).getByRole('alert').innerText()).toContain('Come back later.');
  expect(
    await section(page)
      .getByRole('button', { name: /API key/ })
      .count(),
  ).toBe(0);
  await mend();
  await section(page).getByRole('button', { name: 'Try again' }).click();
  await section(page)
    .getByText(`${app.apiKey.slice(0, 8)}…${app.apiKey.slice(-4)}`)
    .waitFor();
});

test('shows a key whose person was deleted', async () => {
  const app = await createApp({ withKey: true });
  await dashboard.server.query('update api_keys set created_by = null where app_id = $1', [app.id]);
  const { page } = await openSettings(app);
  await section(page).getByText('Last used').waitFor();
  expect(await section(page).innerText()).toMatch(/Generated\s+just now\s+Last used\s+never/);
});
