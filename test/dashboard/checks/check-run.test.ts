import { afterEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { passTimeUntil, setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { asAdmin, trigger } from '../../helpers/network/requests.ts';
import { type Site, type SitePage, startSite } from '../../helpers/network/site.ts';
import { insertCheck } from '../../helpers/server/checks.ts';
import { startTestServer, type TestApp } from '../../helpers/server/server.ts';

const dashboard = setUpDashboard(() => startTestServer({ env: { RUNNERS: '1' } }));
const sites: Site[] = [];
afterEach(async () => {
  await Promise.all(sites.splice(0).map((site) => site.stop()));
});

async function createAppWith(pages: Record<string, SitePage>): Promise<TestApp> {
  const site = await startSite(pages);
  sites.push(site);
  return dashboard.server.createApp({ url: site.url });
}

const openPage = async (path: string): Promise<Page> => (await dashboard.open(path)).page;
const openApp = (app: TestApp, query = '') => openPage(`/apps/${app.alias}${query}`);
const openCheck = (app: TestApp, id: string) => openPage(`/apps/${app.alias}/checks/${id}`);
const result = (page: Page) => page.getByRole('region', { name: 'Result' });
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** A site that keeps a check busy for a minute: no page is slow enough to be given up, but there are many. */
const SLOW: Record<string, SitePage> = {
  '/': Array.from({ length: 49 }, (_, at) => `<a href="/${at}">${at}</a>`).join(' '),
  ...Object.fromEntries(Array.from({ length: 49 }, (_, at) => [`/${at}`, { delayMs: 8_000, body: 'Slow' }])),
};

test('opens the check after “Run check” and updates it until its end', async () => {
  const { promise: seen, resolve: goOn } = Promise.withResolvers<void>();
  const app = await createAppWith({
    '/': '<a href="/fine">Fine</a> <a href="/gone">Gone</a> <a href="/slow">Slow</a>',
    '/fine': 'Fine',
    '/slow': { body: 'Slow', until: seen },
  });
  const page = await openApp(app);
  await press(page, 'Run check');
  await page.waitForURL(/\/checks\/[0-9a-f-]{36}$/);
  await page.evaluate('globalThis.isSamePage = true');
  await page.locator('h1:focus').filter({ hasText: 'Check of' }).waitFor();

  await result(page).getByText('Running').waitFor();
  await result(page).getByRole('progressbar').waitFor();
  await result(page).getByText('3 of 4 known flows done, 1 failed').waitFor();
  goOn();
  await result(page).getByText('Failed').waitFor();
  await result(page).getByText('3 of 4 passed').waitFor();
  expect(await result(page).getByRole('progressbar').count()).toBe(0);
  await page.getByText('3 passed', { exact: true }).click();
  await page.getByRole('list', { name: 'passed flows' }).waitFor();
  const flows = await page.getByRole('listitem').allInnerTexts();
  expect(flows.map((text) => text.replaceAll(/\s+/g, ' ').replace(/[\d.]+ m?s/, 'TIME'))).toEqual([
    '✕ Failed GET /gone TIME responded 404 Not Found; linked from /',
    '✓ Passed GET / TIME',
    '✓ Passed GET /fine TIME',
    '✓ Passed GET /slow TIME',
  ]);
  await page
    .getByRole('status')
    .filter({ hasText: 'The check has ended: ✕ Failed. 3 of 4 passed' })
    .waitFor();
  expect(await page.evaluate('globalThis.isSamePage')).toBe(true);

  await page
    .getByText('admin@localhost, just now')
    .or(page.getByText(/admin@localhost, \d+ seconds ago/))
    .waitFor();
});

test('runs no check of an app without a URL, and links to where to set it', async () => {
  const app = await dashboard.server.createApp();
  const visit = await dashboard.open(`/apps/${app.alias}`, {
    allow: [/Failed to load resource: .* 400 .*\/trigger$/],
  });
  await press(visit.page, 'Run check');
  await visit.page.getByRole('alert').filter({ hasText: 'The app has no URL.' }).waitFor();
  const link = visit.page.getByRole('link', { name: 'Set the URL in the settings' });
  expect(await link.getAttribute('href')).toBe(`/apps/${app.alias}/settings`);
});

test('asks before it cancels a check, and can keep it', async () => {
  const app = await createAppWith(SLOW);
  const page = await openCheck(app, await trigger(dashboard.server, app));
  await result(page).getByText('Running').waitFor();
  const dialog = page.getByRole('alertdialog', { name: 'Cancel this check?' });

  await press(page, 'Cancel check');
  await dialog.getByRole('button', { name: 'Keep as it is' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await result(page).getByText('Running').waitFor();

  await press(page, 'Cancel check');
  await dialog.getByRole('button', { name: 'Cancel check' }).click();
  await result(page).getByText('Cancelled').waitFor();
  await page.getByRole('button', { name: 'Run again' }).waitFor();
});

test('says that a check has ended if it ends while the confirmation is open', async () => {
  const visit = await dashboard.open('/organization', {
    allow: [/Failed to load resource: .* 409 .*\/cancel$/],
  });
  const app = await dashboard.server.createApp({ url: 'http://127.0.0.1:9' });
  const id = await insertCheck(dashboard.server, app, { conclusion: null });
  // So that the page does not hear of the end.
  await visit.context.route(/[?]wait=/, () => undefined);
  await visit.goTo(`/apps/${app.alias}/checks/${id}`);
  await press(visit.page, 'Cancel check');
  await dashboard.server.query(
    `update checks set status = 'finished', conclusion = 'success', claimable_at = null where id = $1`,
    [id],
  );
  const dialog = visit.page.getByRole('alertdialog');
  await dialog.getByRole('button', { name: 'Cancel check' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'The check has ended' }).waitFor();
});

test('checks the same commit and branch with “Run again”', async () => {
  const app = await createAppWith({ '/': 'Fine' });
  const metadata = { branch: 'feature/dark-mode', git_commit_id: 'abc1234', pull_request_id: '7' };
  const first = await trigger(dashboard.server, app, metadata);
  const page = await openCheck(app, first);
  await press(page, 'Run again');
  await page.waitForURL((url) => !url.pathname.endsWith(first));
  await result(page).getByText('✓ Passed').waitFor();
  const again = await asAdmin(dashboard.server, 'get', `/api${new URL(page.url()).pathname}`);
  expect(again.body).toMatchObject({ metadata, triggered_by: 'session' });
});

test('shows a check that CI triggers, without a reload', async () => {
  const app = await createAppWith({ '/': 'Fine' });
  const visit = await dashboard.open(`/apps/${app.alias}`, { hasClock: true });
  await visit.page.getByText('No checks yet').waitFor();
  await trigger(dashboard.server, app, { branch: 'from-ci' });
  const row = visit.page.getByRole('row').filter({ hasText: 'from-ci' });
  await passTimeUntil(visit, row.getByText('✓ Passed'));
  await row.getByText('CI, by API key').waitFor();
});
