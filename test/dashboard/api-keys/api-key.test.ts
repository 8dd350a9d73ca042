import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import {
  API_KEY,
  createKeyApps,
  dialog,
  generate,
  press,
  section,
  shownKey,
} from '../../helpers/browser/api-key-card.ts';
import { passTimeUntil, setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { holdRequests } from '../../helpers/browser/interception.ts';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';

const dashboard = setUpDashboard();
const { createApp, openSettings, isAccepted } = createKeyApps(dashboard);

/** Everything the browser keeps of the page, but for what is on its screen. */
async function readLeftovers(page: Page): Promise<string> {
  const kept = await page.evaluate(`JSON.stringify([
    location.href, history.state, document.cookie, { ...localStorage }, { ...sessionStorage }, document.title,
  ])`);
  return `${kept}${JSON.stringify(await page.context().storageState({ indexedDB: true }))}`;
}

test('shows a generated key once, to copy, and the key works', async () => {
  const app = await createApp();
  await asAdmin(dashboard.server, 'patch', `/api/apps/${app.id}`).send({
    repository_url: 'https://github.com/acme/shop.git',
  });
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

  // The page goes on showing it, whatever it reads anew or is copied meanwhile.
  await section(page).getByRole('button', { name: "Copy the secret's name" }).click();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe('QASSANDRA_API_KEY');
  await page.evaluate(`dispatchEvent(new Event('visibilitychange'))`);
  await page.getByRole('rowheader', { name: 'API key generated' }).first().waitFor();
  const link = section(page).getByRole('link', { name: 'Add an Actions secret on GitHub' });
  expect([await link.getAttribute('href'), await link.getAttribute('target')]).toEqual([
    'https://github.com/acme/shop/settings/secrets/actions/new',
    '_blank',
  ]);
  expect((await shownKey(page).innerText()).trim()).toBe(apiKey);
  expect(await readLeftovers(page)).not.toMatch(API_KEY);
  await press(page, 'I have stored it');
  await shownKey(page).waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: 'API key', exact: true }).and(page.locator(':focus')).waitFor();
  expect(await page.content()).not.toMatch(API_KEY);
});

test('keeps the key while the person looks at other pages, and forgets it once they have stored it', async () => {
  const app = await createApp();
  const { page } = await openSettings(app);
  const apiKey = await generate(page);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Apps' }).click();
  await page.getByRole('heading', { name: 'Apps', level: 1 }).waitFor();
  const notice = page.getByRole('status').filter({ hasText: 'is not stored yet' });
  await notice.waitFor();
  expect(await page.content()).not.toMatch(API_KEY);
  expect(await readLeftovers(page)).not.toMatch(API_KEY);
  await page.goBack();
  expect((await shownKey(page).innerText()).trim()).toBe(apiKey);
  await notice.waitFor({ state: 'detached' });
  await page.goForward();
  await notice.getByRole('link', { name: 'Show it again' }).click();
  expect((await shownKey(page).innerText()).trim()).toBe(apiKey);
  await press(page, 'I have stored it');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Apps' }).click();
  await page.getByRole('heading', { name: 'Apps', level: 1 }).waitFor();
  expect(await notice.count()).toBe(0);
  await page.goBack();
  await section(page).getByText('Last used').waitFor();
  expect(await page.content()).not.toMatch(API_KEY);
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

test('asks before the document is left, and keeps the key nowhere after that, not even for Back', async () => {
  const app = await createApp();
  const visit = await openSettings(app);
  const { page } = visit;
  await generate(page);
  const asked: string[] = [];
  page.once('dialog', (question) => {
    asked.push(question.type());
    void question.accept();
  });
  await visit.goTo('/organization');
  expect(asked).toEqual(['beforeunload']);
  await page.getByRole('heading', { name: 'Members' }).waitFor();
  expect(await page.content()).not.toMatch(API_KEY);
  expect(await readLeftovers(page)).not.toMatch(API_KEY);
  await page.goBack();
  await section(page).getByText('Last used').waitFor();
  expect(await page.content()).not.toMatch(API_KEY);
  await page.goForward();
  expect(await page.content()).not.toMatch(API_KEY);
});

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

test('shows a key whose person was deleted', async () => {
  const app = await createApp({ withKey: true });
  await dashboard.server.query('update api_keys set created_by = null where app_id = $1', [app.id]);
  const { page } = await openSettings(app);
  await section(page).getByText('Last used').waitFor();
  expect(await section(page).innerText()).toMatch(/Generated\s+just now\s+Last used\s+never/);
});
