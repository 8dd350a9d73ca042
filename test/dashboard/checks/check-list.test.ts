import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { passTimeUntil, setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { failRequests, holdRequests, toProblem } from '../../helpers/browser/interception.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import { type CheckOptions, failed, insertCheck, passed } from '../../helpers/server/checks.ts';
import type { TestApp } from '../../helpers/server/server.ts';

const dashboard = setUpDashboard();

const rows = (page: Page) => page.getByRole('row').filter({ has: page.getByRole('rowheader') });
const branch = (page: Page) => page.getByRole('combobox', { name: 'Branch' });
const search = (page: Page) => new URL(page.url()).search;
const CHECKS = /\/checks\?/;
const OUT_OF_ORDER = toProblem(503, 'Out of order', 'Come back later.');

/** An app with these checks, the first of them the newest. */
async function createApp(checks: readonly CheckOptions[]): Promise<TestApp> {
  const app = await dashboard.server.createApp({ url: 'http://127.0.0.1:9' });
  for (const [at, check] of checks.entries()) {
    await insertCheck(dashboard.server, app, { minutesAgo: 1 + at, ...check });
  }
  return app;
}

const TWO_BRANCHES: readonly CheckOptions[] = [
  { metadata: { branch: 'fix' }, conclusion: 'failure' },
  { metadata: { branch: 'main' } },
];

const openApp = (app: TestApp, query = '', options = {}) =>
  dashboard.open(`/apps/${app.alias}${query}`, options);

test('applies a typed branch after a pause, on Enter, or when the field loses the focus', async () => {
  const { page } = await openApp(await createApp(TWO_BRANCHES), '', { hasClock: true });
  await rows(page).nth(1).waitFor();
  await page.clock.pauseAt(new Date(Date.now() + 60_000));
  await branch(page).fill('fi');
  await branch(page).fill(' fix ');
  await page.clock.fastForward(400);
  expect(search(page)).toBe('');
  await page.clock.fastForward(200);
  await page.waitForURL('**?branch=fix');
  await branch(page).fill('main');
  await branch(page).press('Enter');
  await page.waitForURL('**?branch=main');
  await branch(page).fill('');
  await branch(page).press('Tab');
  await page.waitForURL((url) => url.search === '');
});

test('adds no history entry for a filter: Back leaves the page', async () => {
  const app = await createApp(TWO_BRANCHES);
  const { page } = await dashboard.open('/');
  await page.getByRole('row').filter({ hasText: 'Failed' }).getByRole('link').first().waitFor();
  const link = page.locator(`a[href="/apps/${app.alias}"]`);
  await link.click();
  await rows(page).nth(1).waitFor();
  await page.getByLabel('Conclusion').selectOption('Failed');
  await page.waitForURL('**?conclusion=failure');
  await rows(page).nth(1).waitFor({ state: 'detached' });
  await page.getByLabel('Conclusion').selectOption('Any');
  await page.waitForURL((url) => url.search === '');
  await page.goBack();
  await page.getByRole('heading', { name: 'Apps', level: 1 }).waitFor();
});

test('restores the filter and its checks after Back', async () => {
  const { page } = await openApp(await createApp(TWO_BRANCHES), '?branch=fix&conclusion=failure');
  await rows(page).first().waitFor();
  expect(await branch(page).inputValue()).toBe('fix');
  await page
    .getByRole('status')
    .filter({ hasText: '1 checks match the filter.' })
    .waitFor({ state: 'attached' });
  await rows(page).first().getByRole('link').first().click();
  await page.getByRole('region', { name: 'Result' }).waitFor();
  await page.goBack();
  await rows(page).first().waitFor();
  expect([await branch(page).inputValue(), await rows(page).count()]).toEqual(['fix', 1]);
});

test('ignores an unknown conclusion in the address', async () => {
  const { page } = await openApp(await createApp(TWO_BRANCHES), '?conclusion=nonsense');
  await rows(page).nth(1).waitFor();
  expect(await page.getByLabel('Conclusion').inputValue()).toBe('');
  expect(await page.getByText('match the filter').count()).toBe(0);
});

test('suggests the main branch and the branches of the checks, each once', async () => {
  const checks = [...TWO_BRANCHES, { metadata: { branch: 'fix' } }, {}];
  const { page } = await openApp(await createApp(checks));
  await rows(page).nth(3).waitFor();
  const options = await page
    .locator('datalist option')
    .evaluateAll((all): string[] => all.map((option) => option.getAttribute('value')));
  expect(options).toEqual(['main', 'fix']);
});

test('shows all values of a check in its row, and names each link uniquely', async () => {
  const metadata = { branch: 'fix', git_commit_id: 'ffac537e6cbb', pull_request_id: '12' };
  const skipped = {
    name: 'GET /later',
    status: 'skipped',
    duration_ms: 0,
    error: null,
    cause: null,
  } as const;
  const app = await createApp([
    {
      metadata,
      conclusion: 'failure',
      flows: [passed('GET /'), failed('GET /x', 'broke'), skipped],
      seconds: 2,
    },
    { conclusion: null },
  ]);
  await asAdmin(dashboard.server, 'patch', `/api/apps/${app.id}`).send({
    repository_url: 'https://github.com/octo-org/shop.git',
  });
  const { page } = await openApp(app);
  await rows(page).nth(1).waitFor();
  const cells = await rows(page).nth(0).getByRole('cell').allInnerTexts();
  expect(cells.slice(0, 6)).toEqual([
    'fix',
    'ffac537',
    '#12',
    '1 of 3 passed, 1 skipped',
    '2.0 s',
    'CI, by API key',
  ]);
  expect(await page.getByRole('link', { name: '#12' }).getAttribute('href')).toBe(
    'https://github.com/octo-org/shop/pull/12',
  );
  const names = await rows(page).getByRole('rowheader').allTextContents();
  expect(names[0]).toMatch(/Failed, check [0-9a-f]{8}$/);
  expect(names[1]).toMatch(/Running, check [0-9a-f]{8}$/);
  expect((await rows(page).nth(1).getByRole('cell').allInnerTexts()).slice(0, 5)).toEqual([
    '',
    '',
    '',
    '',
    '',
  ]);
});

test('draws a bar for each finished check, newest at the right, with its duration as the height', async () => {
  const app = await createApp([
    { conclusion: null },
    { conclusion: 'failure', seconds: 10 },
    { seconds: 0 },
    { conclusion: 'cancelled', seconds: 5 },
  ]);
  const { page } = await openApp(app);
  const bars = page.getByRole('img').locator('rect.bar');
  await bars.nth(2).waitFor();
  const looks = await bars.evaluateAll((all): string[][] =>
    all.map((bar) => ['class', 'x', 'height', 'fill'].map((name) => bar.getAttribute(name) ?? '')),
  );
  expect(looks).toEqual([
    ['bar bar-failure', '98.3%', '100%', expect.stringMatching(/^url\(#/)],
    ['bar bar-success', '96.3%', '6%', ''],
    ['bar bar-cancelled', '94.3%', '50%', ''],
  ]);
  expect(
    await page.getByRole('region', { name: 'At a glance' }).getByRole('listitem').allInnerTexts(),
  ).toEqual(['1 passed', '1 failed', '0 could not run', '1 cancelled', 'Median duration 5.0 s.']);
});

test('says that no check ran to its end, and draws no chart if none has ended', async () => {
  const aborted = await createApp([{ conclusion: 'error' }, { conclusion: 'cancelled' }]);
  const { page, goTo } = await openApp(aborted);
  await page.getByText('None ran to its end.').waitFor();
  const running = await createApp([{ conclusion: null }]);
  await goTo(`/apps/${running.alias}`);
  await rows(page).first().waitFor();
  expect(await page.getByRole('region', { name: 'At a glance' }).count()).toBe(0);
});

test('offers a first check to try, to a viewer without “Run check”', async () => {
  const app = await createApp([]);
  const { page } = await openApp(app);
  await page.getByRole('heading', { name: 'No checks yet' }).waitFor();
  await page.getByText('“Run check” tries it now, without CI.').waitFor();
  expect(await page.getByRole('search').count()).toBe(0);
  await dashboard.server.query(`update members set role = 'viewer'`);
  try {
    await page.goto(`/apps/${app.alias}`);
    await page.getByRole('heading', { name: 'No checks yet' }).waitFor();
    expect(await page.getByText('Run check').count()).toBe(0);
  } finally {
    await dashboard.server.query(`update members set role = 'admin'`);
  }
});

test('shows why checks could not be read, and reads them after “Try again”', async () => {
  const app = await createApp(TWO_BRANCHES);
  const visit = await dashboard.open('/organization', { hasClock: true });
  const { page } = visit;
  const mend = await failRequests(visit, { path: CHECKS }, OUT_OF_ORDER);
  await visit.goTo(`/apps/${app.alias}`);
  await passTimeUntil(visit, page.getByRole('alert'));
  await mend();
  await page.getByRole('button', { name: 'Try again' }).click();
  await rows(page).nth(1).waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('keeps the last checks if a filter fails, and says why', async () => {
  const visit = await openApp(await createApp(TWO_BRANCHES), '', { hasClock: true });
  const { page } = visit;
  await rows(page).nth(1).waitFor();
  const mend = await failRequests(visit, { path: /conclusion=failure/ }, OUT_OF_ORDER);
  await page.getByLabel('Conclusion').selectOption('Failed');
  await page.waitForURL('**?conclusion=failure');
  expect(await rows(page).count()).toBe(2);
  await passTimeUntil(visit, page.getByRole('alert'));
  await mend();
  await page.getByRole('button', { name: 'Try again' }).click();
  await rows(page).first().getByText('Failed').waitFor();
  await rows(page).nth(1).waitFor({ state: 'detached' });
});

test('says that the next page of checks loads', async () => {
  const app = await createApp(Array.from({ length: 55 }, () => ({})));
  const visit = await openApp(app);
  await rows(visit.page).nth(49).waitFor();
  const release = await holdRequests(visit, { path: /cursor=/ });
  await visit.page.getByRole('button', { name: 'Show more' }).click();
  await visit.page.getByRole('button', { name: 'Loading…' }).waitFor();
  release();
  await rows(visit.page).nth(54).waitFor();
  await visit.page.getByRole('button', { name: /Show more|Loading/ }).waitFor({ state: 'detached' });
});

test('shows the start of “Run check”, and why it failed', async () => {
  const app = await createApp(TWO_BRANCHES);
  const visit = await openApp(app);
  const { page } = visit;
  const trigger = { method: 'POST', path: /\/trigger$/ } as const;
  const mend = await failRequests(visit, trigger, toProblem(429, 'Too many requests', 'Try again in 9 s.'));
  await page.getByRole('button', { name: 'Run check' }).click();
  expect(await page.getByRole('alert').innerText()).toBe('Too many requests. Try again in 9 s.');
  expect(await page.getByRole('link', { name: /Set the URL/ }).count()).toBe(0);
  await mend();
  const release = await holdRequests(visit, trigger);
  await page.getByRole('button', { name: 'Run check' }).click();
  await page.getByRole('button', { name: 'Starting…' }).and(page.locator(':focus')).waitFor();
  release();
  await page.waitForURL(/\/checks\/[0-9a-f-]{36}$/);
});
