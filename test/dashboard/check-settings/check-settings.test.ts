import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { failRequests, toProblem } from '../../helpers/browser/interception.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import { startSite } from '../../helpers/network/site.ts';
import { startTestServer, type TestApp } from '../../helpers/server/server.ts';

const dashboard = setUpDashboard(() => startTestServer({ env: { RUNNERS: '1' } }));
let site: Awaited<ReturnType<typeof startSite>>;
beforeAll(async () => {
  site = await startSite({ '/': '<a href="/next">next</a>', '/next': 'fine' });
});
afterAll(() => site.stop());

const form = (page: Page) => page.getByRole('form', { name: 'Check settings' });
const field = (page: Page, label: string) => form(page).getByLabel(label, { exact: true });
const press = (page: Page, name: string) => form(page).getByRole('button', { name, exact: true }).click();
const saved = (page: Page) => form(page).getByText('Saved.');
const readSettings = async (app: TestApp) =>
  (await asAdmin(dashboard.server, 'get', `/api/apps/${app.id}/check-settings`)).body;

async function openSettings(options = {}) {
  const app = await dashboard.server.createApp({ url: site.url });
  const visit = await dashboard.open(`/apps/${app.alias}/settings`, options);
  await form(visit.page).waitFor();
  return { app, ...visit };
}

test('shows the settings of an app, and saves all of them', async () => {
  const { app, page, goTo } = await openSettings();
  const defaults = await readSettings(app);
  expect(await field(page, 'Pages').inputValue()).toBe('5000');
  expect(await field(page, 'Links deep').inputValue()).toBe('');
  expect(await field(page, 'Not these paths').inputValue()).toBe(defaults.exclude.join('\n'));
  await field(page, 'Pages').fill('200');
  await field(page, 'Links deep').fill('3');
  await field(page, 'Seconds for a page').fill('');
  await field(page, 'Only these paths').fill('/docs/**\n\n /blog/** ');
  await form(page).getByLabel('Try links to other sites too').check();
  await field(page, 'Headers').fill('x-from: ci\nx-when:now');
  await field(page, 'End of the user agent').fill('Staging');
  await field(page, 'Other addresses that get them').fill('https://shop-*-acme.vercel.app');
  await press(page, 'Save');
  await saved(page).waitFor();
  const expected = {
    ...defaults,
    ...{ max_pages: 200, max_depth: 3, include: ['/docs/**', '/blog/**'], external_links: true },
    ...{ headers: { 'x-from': 'ci', 'x-when': 'now' }, user_agent_suffix: 'Staging' },
    trusted_origins: ['https://shop-*-acme.vercel.app'],
  };
  expect(await readSettings(app)).toEqual(expected);
  await field(page, 'Pages').press('End');
  await field(page, 'Pages').press('0');
  await saved(page).waitFor({ state: 'detached' });
  await goTo(`/apps/${app.alias}/settings`);
  await form(page).waitFor();
  expect(await field(page, 'Headers').inputValue()).toBe('x-from: ci\nx-when: now');
  await press(page, 'Save');
  await saved(page).waitFor();
  expect(await readSettings(app)).toEqual(expected);
});

test('saves nothing that was not changed', async () => {
  const { app, page } = await openSettings();
  const before = await readSettings(app);
  await press(page, 'Save');
  await saved(page).waitFor();
  expect(await readSettings(app)).toEqual(before);
});

test('says what is wrong with a setting, and moves the focus to it', async () => {
  const { app, page } = await openSettings({ allow: [/status of 400/] });
  await field(page, 'Pages').fill('many');
  await field(page, 'Headers').fill('x-a: b\nhost: example.com');
  await press(page, 'Save');
  await form(page).getByText('Pages must be a whole number from 1 to 50000.').waitFor();
  expect(await page.locator(':focus').getAttribute('name')).toBe('max_pages');
  await field(page, 'Pages').fill('10');
  await press(page, 'Save');
  await form(page).getByText('Headers (host) is set by the check itself: leave it out.').waitFor();
  await field(page, 'Headers').fill('');
  await field(page, 'Only these paths').fill(`/a\n/${'b'.repeat(600)}`);
  await press(page, 'Save');
  await form(page)
    .getByText(/^Only these paths \(line 2\) /)
    .waitFor();
  await field(page, 'Only these paths').fill('');
  await field(page, 'User name').fill('ada');
  await field(page, 'Password').fill('plain');
  await press(page, 'Save');
  await form(page).getByText('Password must not be readable by viewers').waitFor();
  expect((await readSettings(app)).max_pages).toBe(5_000);
});

test('tries settings without saving them', async () => {
  const { app, page } = await openSettings();
  await field(page, 'Links deep').fill('0');
  await press(page, 'Try these settings');
  await page.waitForURL(/\/checks\//);
  await page.getByRole('region', { name: 'Result' }).getByText('1 of 1 passed').waitFor();
  expect((await readSettings(app)).max_depth).toBeNull();
});

test('offers another try if the settings cannot be read', async () => {
  const app = await dashboard.server.createApp({ url: site.url });
  const visit = await dashboard.open('/organization', { hasClock: true });
  const mend = await failRequests(
    visit,
    { path: /\/check-settings$/ },
    toProblem(503, 'Out of order', 'Come back later.'),
  );
  await visit.goTo(`/apps/${app.alias}/settings`);
  const failure = visit.page.getByRole('region', { name: 'Checks' }).getByRole('alert');
  await visit.page.clock.runFor(30_000);
  await failure.getByText('Out of order').waitFor();
  await mend();
  await failure.getByRole('button', { name: 'Try again' }).click();
  await form(visit.page).waitFor();
});
