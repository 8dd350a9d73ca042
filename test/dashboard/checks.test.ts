import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { startBrowser, type TestBrowser } from '../helpers/browser.ts';
import { failed, insertCheck, passed } from '../helpers/checks.ts';
import { asAdmin, trigger } from '../helpers/requests.ts';
import { startTestServer, type TestApp, type TestServer } from '../helpers/server.ts';
import { type Site, type SitePage, startSite } from '../helpers/site.ts';

jest.setTimeout(180_000);

let browser: TestBrowser;
let server: TestServer;
const sites: Site[] = [];

beforeAll(async () => {
  [browser, server] = await Promise.all([startBrowser(), startTestServer()]);
});
afterEach(async () => {
  expect(await browser.closeVisits()).toEqual([]);
  await Promise.all(sites.splice(0).map((site) => site.stop()));
});
afterAll(async () => {
  await browser.stop();
  await server.stop();
});

async function createAppWith(pages: Record<string, SitePage>): Promise<TestApp> {
  const site = await startSite(pages);
  sites.push(site);
  return server.createApp({ url: site.url });
}

async function openPage(path: string): Promise<Page> {
  const visit = await browser.open({ server, cookie: server.cookie });
  await visit.goTo(path);
  return visit.page;
}

const openApp = (app: TestApp, query = '') => openPage(`/apps/${app.alias}${query}`);
const openCheck = (app: TestApp, id: string) => openPage(`/apps/${app.alias}/checks/${id}`);
const result = (page: Page) => page.getByRole('region', { name: 'Result' });
const rows = (page: Page) => page.getByRole('row').filter({ has: page.getByRole('rowheader') });
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** A site that keeps a check busy for a minute: no page is slow enough to be given up, but there are many. */
const SLOW: Record<string, SitePage> = {
  '/': Array.from({ length: 49 }, (_, at) => `<a href="/${at}">${at}</a>`).join(' '),
  ...Object.fromEntries(Array.from({ length: 49 }, (_, at) => [`/${at}`, { delayMs: 8_000, body: 'Slow' }])),
};

test('Run check leads to the check, which is live to its end', async () => {
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
  await result(page).getByText('3 flows done so far, 1 failed').waitFor();
  goOn();
  await result(page).getByText('Failed').waitFor();
  await result(page).getByText('3 of 4 passed').waitFor();
  expect(await result(page).getByRole('progressbar').count()).toBe(0);
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

test('an app without a URL runs no check, and the page leads to where it is set', async () => {
  const visit = await browser.open({ server, cookie: server.cookie });
  visit.allow(/Failed to load resource: .* 400 .*\/trigger$/);
  const app = await server.createApp();
  await visit.goTo(`/apps/${app.alias}`);
  await press(visit.page, 'Run check');
  await visit.page.getByRole('alert').filter({ hasText: 'The app has no URL.' }).waitFor();
  const link = visit.page.getByRole('link', { name: 'Set the URL in the settings' });
  expect(await link.getAttribute('href')).toBe(`/apps/${app.alias}/settings`);
});

test('Cancel check asks; “Keep as it is” keeps it, and the other one ends it', async () => {
  const app = await createAppWith(SLOW);
  const page = await openCheck(app, await trigger(server, app));
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

test('a check that ended while the question was open cannot be cancelled, and the page says so', async () => {
  const visit = await browser.open({ server, cookie: server.cookie });
  visit.allow(/Failed to load resource: .* 409 .*\/cancel$/);
  const app = await server.createApp({ url: 'http://127.0.0.1:9' });
  const id = await insertCheck(server, app, { conclusion: null });
  // So that the page does not hear of the end.
  await visit.context.route(/[?]wait=/, () => undefined);
  await visit.goTo(`/apps/${app.alias}/checks/${id}`);
  await press(visit.page, 'Cancel check');
  await server.query(
    `update checks set status = 'finished', conclusion = 'success', claimable_at = null where id = $1`,
    [id],
  );
  const dialog = visit.page.getByRole('alertdialog');
  await dialog.getByRole('button', { name: 'Cancel check' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'The check has ended' }).waitFor();
});

test('Run again checks the same commit and branch once more', async () => {
  const app = await createAppWith({ '/': 'Fine' });
  const metadata = { branch: 'feature/dark-mode', git_commit_id: 'abc1234', pull_request_id: '7' };
  const first = await trigger(server, app, metadata);
  const page = await openCheck(app, first);
  await press(page, 'Run again');
  await page.waitForURL((url) => !url.pathname.endsWith(first));
  await result(page).getByText('✓ Passed').waitFor();
  const again = await asAdmin(server, 'get', `/api${new URL(page.url()).pathname}`);
  expect(again.body).toMatchObject({ metadata, triggered_by: 'session' });
});

test('the list is filtered by branch and by conclusion, and the filter is in the address', async () => {
  const app = await server.createApp({ url: 'http://127.0.0.1:9' });
  await insertCheck(server, app, { metadata: { branch: 'main' }, minutesAgo: 4 });
  await insertCheck(server, app, { metadata: { branch: 'main' }, conclusion: 'failure', minutesAgo: 3 });
  await insertCheck(server, app, { metadata: { branch: 'fix' }, conclusion: 'failure', minutesAgo: 2 });
  const page = await openApp(app);
  await expectRows(page, ['Failed fix', 'Failed main', 'Passed main']);

  await page.getByLabel('Conclusion').selectOption('Failed');
  await expectRows(page, ['Failed fix', 'Failed main']);
  await page.getByLabel('Branch').fill('main');
  await expectRows(page, ['Failed main']);
  expect(new URL(page.url()).search).toBe('?branch=main&conclusion=failure');

  await page.reload();
  await expectRows(page, ['Failed main']);
  await page.getByLabel('Branch').fill('gone');
  await page.getByText('No check matches the filter.').waitFor();
  await press(page, 'Reset the filter');
  await expectRows(page, ['Failed fix', 'Failed main', 'Passed main']);
  await page.locator('input[name="branch"]:focus').waitFor();
});

/** Waits until the rows are these, by conclusion and branch, from the top. */
async function expectRows(page: Page, expected: string[]): Promise<void> {
  await rows(page).nth(expected.length).waitFor({ state: 'detached' });
  await rows(page)
    .nth(expected.length - 1)
    .waitFor();
  for (const [at, words] of expected.entries()) {
    for (const word of words.split(' ')) {
      await rows(page).nth(at).getByText(word).waitFor();
    }
  }
}

test('a check that CI triggers shows up without a reload', async () => {
  const app = await createAppWith({ '/': 'Fine' });
  const page = await openApp(app);
  await page.getByText('No checks yet').waitFor();
  await trigger(server, app, { branch: 'from-ci' });
  const row = page.getByRole('row').filter({ hasText: 'from-ci' });
  await row.getByText('✓ Passed').waitFor();
  await row.getByText('CI, by API key').waitFor();
});

test('the chart tells in words what it shows', async () => {
  const app = await server.createApp({ url: 'http://127.0.0.1:9' });
  await insertCheck(server, app, { seconds: 2 });
  await insertCheck(server, app, { seconds: 4 });
  await insertCheck(server, app, { conclusion: 'failure', seconds: 9 });
  await insertCheck(server, app, { conclusion: 'error', seconds: 60 });
  await insertCheck(server, app, { conclusion: 'cancelled', seconds: 60 });
  await insertCheck(server, app, { conclusion: null });
  const page = await openApp(app);
  const label = await page
    .getByRole('region', { name: 'At a glance' })
    .getByRole('img')
    .getAttribute('aria-label');
  expect(label).toBe(
    'Of the last 5 checks: 2 passed, 1 failed, 1 could not run, 1 cancelled. Median duration 4.0 s.',
  );
});

test('more than fifty checks come in pages, and more than fifty flows on demand', async () => {
  const app = await server.createApp({ url: 'http://127.0.0.1:9' });
  const flows = Array.from({ length: 60 }, (_, at) => passed(`GET /${at}`));
  const id = await insertCheck(server, app, {
    flows: [...flows, failed('GET /last', 'broke')],
    minutesAgo: 0,
  });
  for (let at = 1; at <= 51; at += 1) {
    await insertCheck(server, app, { minutesAgo: at });
  }
  const page = await openApp(app);
  await rows(page).nth(49).waitFor();
  expect(await rows(page).count()).toBe(50);
  await press(page, 'Show more');
  await rows(page).nth(51).waitFor();
  await rows(page).first().getByRole('link').click();
  await page.waitForURL(new RegExp(id));
  const items = page.getByRole('listitem');
  await items.first().getByText('GET /last').waitFor();
  expect(await items.count()).toBe(51);
  await press(page, 'Show all 61');
  expect(await items.count()).toBe(61);
});

test('commit and pull request lead to the repository, once the app has one', async () => {
  const app = await server.createApp({ url: 'http://127.0.0.1:9' });
  const sha = 'ffac537e6cbbf934b08745a378932722df287a53';
  const metadata = {
    git_commit_id: sha,
    git_commit_message: 'Fix the tea\n\nIt was cold.',
    pull_request_id: '1347',
    pull_request_name: 'Tea',
  };
  const id = await insertCheck(server, app, { metadata });
  const before = await openCheck(app, id);
  await before.getByText('#1347 Tea').waitFor();
  expect(await before.getByRole('link', { name: /ffac537|#1347/ }).count()).toBe(0);

  const repository_url = 'https://github.com/octo-org/shop';
  const answer = await asAdmin(server, 'patch', `/api/apps/${app.id}`).send({ repository_url });
  expect(answer.status).toBe(200);
  for (const page of [await openCheck(app, id), await openApp(app)]) {
    const commit = page.getByRole('link', { name: 'ffac537' });
    expect(await commit.getAttribute('href')).toBe(`${repository_url}/commit/${sha}`);
    const pull = page.getByRole('link', { name: '#1347' });
    expect(await pull.getAttribute('href')).toBe(`${repository_url}/pull/1347`);
  }
  const page = await openCheck(app, id);
  await page.getByText('The rest of the message').first().click();
  await page.getByText('It was cold.').waitFor();
});

test('what a client sent is text: no link of a script, no markup', async () => {
  const app = await server.createApp({ url: 'http://127.0.0.1:9' });
  const repository_url = 'https://github.com/octo-org/shop';
  await asAdmin(server, 'patch', `/api/apps/${app.id}`).send({ repository_url });
  const script = 'javascript:document.title=1';
  const markup = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
  const metadata = {
    app_url: script,
    branch: `${markup} ${script}`,
    git_commit_id: '../../evil?',
    git_commit_message: `${markup}\n\n${markup}`,
    pull_request_id: script,
    pull_request_name: markup,
  };
  const flows = [failed(`GET /${markup}`, markup), passed(script)];
  const id = await insertCheck(server, app, { metadata, flows, error: markup, conclusion: 'error' });
  for (const page of [await openCheck(app, id), await openApp(app)]) {
    await page.getByText(script).first().waitFor();
    const hrefs = await page
      .getByRole('main')
      .getByRole('link')
      .evaluateAll((links): string[] => links.map((link) => link.href));
    expect(hrefs).toContain(
      page.url().includes('/checks/') ? `${new URL(page.url()).origin}/apps/${app.alias}` : repository_url,
    );
    for (const href of hrefs) {
      expect(href).toMatch(
        /^(http:\/\/localhost:\d+\/|http:\/\/127\.0\.0\.1:9\/|https:\/\/github\.com\/octo-org\/shop$)/,
      );
    }
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.title()).toMatch(/ · Qassandra$/);
  }
});

test('who triggered a check is told', async () => {
  const app = await server.createApp({ url: 'http://127.0.0.1:9' });
  const { body: me } = await asAdmin(server, 'get', '/api/me');
  const expected = {
    'CI, by API key': await insertCheck(server, app, {}),
    Schedule: await insertCheck(server, app, { triggeredBy: 'schedule' }),
    'admin@localhost': await insertCheck(server, app, { triggeredBy: { userId: me.user.id } }),
  };
  for (const [text, id] of Object.entries(expected)) {
    const page = await openCheck(app, id);
    await page.getByRole('definition').getByText(text).waitFor();
  }
});
