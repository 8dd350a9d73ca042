import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { findViolations } from '../../helpers/browser/axe.ts';
import { passTimeUntil, setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { failRequests, holdRequests, toProblem } from '../../helpers/browser/interception.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import { type CheckOptions, failed, insertCheck, passed } from '../../helpers/server/checks.ts';
import type { TestApp } from '../../helpers/server/server.ts';

const dashboard = setUpDashboard();

const rows = (page: Page) =>
  page
    .getByRole('table', { name: 'Checks, newest first' })
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader') });
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

test('applies a typed part of a branch after a pause, on Enter, or when the field loses the focus', async () => {
  const { page } = await openApp(await createApp(TWO_BRANCHES), '?days=7', { hasClock: true });
  await rows(page).nth(1).waitFor();
  await branch(page).waitFor();
  await page.clock.pauseAt(new Date(Date.now() + 60_000));
  await branch(page).fill('f');
  await branch(page).fill(' FI ');
  await page.clock.fastForward(400);
  expect(search(page)).toBe('?days=7');
  await page.clock.fastForward(200);
  await page.waitForURL('**?days=7&branch_contains=FI');
  await branch(page).fill('main');
  await branch(page).press('Enter');
  await page.waitForURL('**&branch_contains=main');
  await branch(page).fill('');
  await branch(page).press('Tab');
  await page.waitForURL((url) => url.search === '?days=7');
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
  await page.getByRole('status').filter({ hasText: '1 check matches.' }).waitFor();
  await rows(page).first().getByRole('rowheader').getByRole('link').click();
  await page.getByRole('region', { name: 'Result' }).waitFor();
  await page.goBack();
  await rows(page).first().waitFor();
  expect([await branch(page).inputValue(), await rows(page).count()]).toEqual(['fix', 1]);
});

test('ignores what it does not know in the address', async () => {
  const query = '?conclusion=nonsense&who=nobody&days=8';
  const { page } = await openApp(await createApp(TWO_BRANCHES), query);
  await rows(page).nth(1).waitFor();
  expect(await page.getByLabel('Conclusion').inputValue()).toBe('');
  expect(await page.getByLabel('Triggered by').inputValue()).toBe('');
  expect(await page.getByRole('radio', { name: '30 days' }).isChecked()).toBe(true);
  expect(await page.getByText(/checks? match/).count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Reset the filter' }).count()).toBe(0);
});

test('suggests the main branch and the branches of the checks, each once, by part of their names', async () => {
  const checks = [...TWO_BRANCHES, { metadata: { branch: 'fix' } }, { metadata: { branch: 'fix/main' } }, {}];
  const { page } = await openApp(await createApp(checks));
  await rows(page).nth(4).waitFor();
  await branch(page).click();
  const options = page.getByRole('listbox').getByRole('option');
  await options.nth(2).waitFor();
  expect(await options.allInnerTexts()).toEqual(['main', 'fix', 'fix/main']);
  expect(await findViolations(page)).toEqual([]);
  await branch(page).fill('MAI');
  await options.nth(2).waitFor({ state: 'detached' });
  expect(await options.allInnerTexts()).toEqual(['main', 'fix/main']);
  // What is chosen is that branch, and no other whose name has it as a part.
  await branch(page).press('ArrowDown');
  await branch(page).press('Enter');
  await page.waitForURL('**?branch=main');
  await rows(page).nth(1).waitFor({ state: 'detached' });
  expect(await rows(page).count()).toBe(1);
  await page.getByRole('button', { name: 'Reset the filter' }).click();
  await rows(page).nth(4).waitFor();
  expect([await branch(page).inputValue(), search(page)]).toEqual(['', '']);
  expect(await branch(page).evaluate((field) => field.matches(':focus'))).toBe(true);
});

test('filters by who triggered a check, and by running and incomplete ones', async () => {
  const { body: me } = await asAdmin(dashboard.server, 'get', '/api/me');
  const app = await createApp([
    { metadata: { branch: 'running' }, conclusion: null },
    { metadata: { branch: 'stopped' }, incomplete: { reason: 'page_limit', left: 2, message: 'Stopped.' } },
    { metadata: { branch: 'person' }, triggeredBy: { userId: me.user.id } },
    { metadata: { branch: 'nightly' }, triggeredBy: 'schedule', conclusion: 'cancelled' },
  ]);
  const { page } = await openApp(app);
  await rows(page).nth(3).waitFor();
  const cases = [
    ['Conclusion', 'Running', ['running']],
    ['Conclusion', 'Incomplete', ['stopped']],
    ['Conclusion', 'Passed', ['person']],
    ['Conclusion', 'Any', ['running', 'stopped', 'person', 'nightly']],
    ['Triggered by', me.user.email, ['person']],
    ['Triggered by', 'A schedule', ['nightly']],
    ['Triggered by', 'A workflow, by API key', ['running', 'stopped']],
  ] as const;
  for (const [field, option, expected] of cases) {
    await page.getByLabel(field).selectOption(option);
    await rows(page).nth(expected.length).waitFor({ state: 'detached' });
    for (const [at, name] of expected.entries()) {
      await rows(page).nth(at).getByRole('cell', { name, exact: true }).waitFor();
    }
    if (option !== 'Any') {
      const said = expected.length === 1 ? '1 check matches.' : `${expected.length} checks match.`;
      await page.getByRole('status').filter({ hasText: said }).waitFor();
    }
  }
  expect(search(page)).toBe('?who=api_key');
});

test('shows all values of a check in its row, and names each link uniquely', async () => {
  const metadata = {
    branch: 'fix',
    git_commit_id: 'ffac537e6cbb',
    git_commit_message: 'Fix the tea\n\nIt was cold.',
    pull_request_id: '12',
  };
  const skipped = { ...passed('GET /later'), status: 'skipped' } as const;
  const flows = [passed('GET /'), failed('GET /x', 'broke'), skipped];
  const app = await createApp([
    { metadata, conclusion: 'failure', flows, seconds: 2 },
    { conclusion: null },
    { metadata: { pull_request_name: 'Tea' } },
    { metadata: { branch: 'main' } },
  ]);
  await dashboard.server.query(
    `update checks set settings = '{}' where app_id = $1 and metadata ->> 'pull_request_name' = 'Tea'`,
    [app.id],
  );
  await asAdmin(dashboard.server, 'patch', `/api/apps/${app.id}`).send({
    repository_url: 'https://github.com/octo-org/shop.git',
  });
  const { page } = await openApp(app);
  await rows(page).nth(3).waitFor();
  const cells = await rows(page).nth(0).getByRole('cell').allInnerTexts();
  expect(cells.slice(0, 4)).toEqual(['✕ Failed\n1 of 3 passed, 1 skipped', 'fix', '2.0 s', 'CI, by API key']);
  expect(await page.getByRole('link', { name: '#12' }).getAttribute('href')).toBe(
    'https://github.com/octo-org/shop/pull/12',
  );
  const names = await rows(page).getByRole('rowheader').allTextContents();
  expect(names).toEqual([
    expect.stringMatching(/^Fix the tea, check [0-9a-f]{8}ffac537#12$/),
    expect.stringMatching(/^Check ([0-9a-f]{8}), check \1$/),
    expect.stringMatching(/^Tea, check [0-9a-f]{8}Trial of settings$/),
    expect.stringMatching(/^Check of main, check [0-9a-f]{8}$/),
  ]);
  const running = await rows(page).nth(1).getByRole('cell').allInnerTexts();
  expect(running.slice(0, 3)).toEqual(['◌ Running', '', '']);
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
