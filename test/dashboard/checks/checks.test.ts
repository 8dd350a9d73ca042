import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import { failed, insertCheck, passed } from '../../helpers/server/checks.ts';
import type { TestApp } from '../../helpers/server/server.ts';

const dashboard = setUpDashboard();

const openPage = async (path: string): Promise<Page> => (await dashboard.open(path)).page;
const openApp = (app: TestApp, query = '') => openPage(`/apps/${app.alias}${query}`);
const openCheck = (app: TestApp, id: string) => openPage(`/apps/${app.alias}/checks/${id}`);
const rows = (page: Page) =>
  page
    .getByRole('table', { name: 'Checks, newest first' })
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader') });
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

test('filters the list by branch and conclusion, and keeps the filter in the address', async () => {
  const app = await dashboard.server.createApp({ url: 'http://127.0.0.1:9' });
  await insertCheck(dashboard.server, app, { metadata: { branch: 'main' }, minutesAgo: 4 });
  await insertCheck(dashboard.server, app, {
    metadata: { branch: 'main' },
    conclusion: 'failure',
    minutesAgo: 3,
  });
  await insertCheck(dashboard.server, app, {
    metadata: { branch: 'fix' },
    conclusion: 'failure',
    minutesAgo: 2,
  });
  const page = await openApp(app);
  await expectRows(page, ['Failed fix', 'Failed main', 'Passed main']);

  await page.getByLabel('Conclusion').selectOption('Failed');
  await expectRows(page, ['Failed fix', 'Failed main']);
  await page.getByLabel('Branch').fill('ai');
  await expectRows(page, ['Failed main']);
  expect(new URL(page.url()).search).toBe('?conclusion=failure&branch_contains=ai');

  await page.reload();
  await expectRows(page, ['Failed main']);
  await page.getByLabel('Branch').fill('gone');
  await page.getByText('No check matches the filter.').waitFor();
  await page.getByRole('status').filter({ hasText: '0 checks match.' }).waitFor();
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
      await rows(page).nth(at).getByText(word, { exact: false }).first().waitFor();
    }
  }
}

test('pages more than fifty checks, and opens one', async () => {
  const app = await dashboard.server.createApp({ url: 'http://127.0.0.1:9' });
  const flows = [failed('GET /last', 'broke')];
  const id = await insertCheck(dashboard.server, app, { flows, minutesAgo: 0 });
  for (let at = 1; at <= 51; at += 1) {
    await insertCheck(dashboard.server, app, { minutesAgo: at });
  }
  const page = await openApp(app);
  await rows(page).nth(49).waitFor();
  expect(await rows(page).count()).toBe(50);
  await press(page, 'Show more');
  await rows(page).nth(51).waitFor();
  await rows(page).first().getByRole('rowheader').getByRole('link').click();
  await page.waitForURL(new RegExp(id));
  await page.getByRole('listitem').getByText('GET /last').waitFor();
});

test('links commit and pull request to the repository of the app', async () => {
  const app = await dashboard.server.createApp({ url: 'http://127.0.0.1:9' });
  const sha = 'ffac537e6cbbf934b08745a378932722df287a53';
  const metadata = {
    git_commit_id: sha,
    git_commit_message: 'Fix the tea\n\nIt was cold.',
    pull_request_id: '1347',
    pull_request_name: 'Tea',
  };
  const id = await insertCheck(dashboard.server, app, { metadata });
  const before = await openCheck(app, id);
  await before.getByText('#1347 Tea').waitFor();
  expect(await before.getByRole('link', { name: /ffac537|#1347/ }).count()).toBe(0);

  const repository_url = 'https://github.com/octo-org/shop';
  const answer = await asAdmin(dashboard.server, 'patch', `/api/apps/${app.id}`).send({ repository_url });
  expect(answer.status).toBe(200);
  const { page, goTo } = await dashboard.open('/organization');
  const address = `/apps/${app.alias}`;
  for (const path of [address, `${address}/checks/${id}`]) {
    await goTo(path);
    const commit = page.getByRole('link', { name: 'ffac537' });
    expect(await commit.getAttribute('href')).toBe(`${repository_url}/commit/${sha}`);
    const pull = page.getByRole('link', { name: '#1347' });
    expect(await pull.getAttribute('href')).toBe(`${repository_url}/pull/1347`);
  }
  await page.getByText('The rest of the message').first().click();
  await page.getByText('It was cold.').waitFor();
});

test('shows the text of clients as text: no script links, no markup', async () => {
  const app = await dashboard.server.createApp({ url: 'http://127.0.0.1:9' });
  const repository_url = 'https://github.com/octo-org/shop';
  await asAdmin(dashboard.server, 'patch', `/api/apps/${app.id}`).send({ repository_url });
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
  const id = await insertCheck(dashboard.server, app, {
    metadata,
    flows,
    error: markup,
    conclusion: 'error',
  });
  const { page, goTo } = await dashboard.open('/organization');
  for (const path of [`/apps/${app.alias}`, `/apps/${app.alias}/checks/${id}`]) {
    await goTo(path);
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

test('shows who triggered a check', async () => {
  const app = await dashboard.server.createApp({ url: 'http://127.0.0.1:9' });
  const { body: me } = await asAdmin(dashboard.server, 'get', '/api/me');
  const expected = {
    'CI, by API key': await insertCheck(dashboard.server, app, {}),
    Schedule: await insertCheck(dashboard.server, app, { triggeredBy: 'schedule' }),
    'admin@localhost': await insertCheck(dashboard.server, app, { triggeredBy: { userId: me.user.id } }),
  };
  const { page, goTo } = await dashboard.open('/organization');
  for (const [text, id] of Object.entries(expected)) {
    await goTo(`/apps/${app.alias}/checks/${id}`);
    await page.getByRole('definition').getByText(text).waitFor();
  }
});
