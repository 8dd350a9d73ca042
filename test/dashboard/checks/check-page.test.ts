import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { passTimeUntil, setUpDashboard, setUpWire } from '../../helpers/browser/dashboard.ts';
import { failRequests, holdRequests, toProblem } from '../../helpers/browser/interception.ts';
import { findResult, openCheck } from '../../helpers/browser/open-check.ts';
import { type CheckOptions, failed, insertCheck, passed } from '../../helpers/server/checks.ts';
import type { TestApp } from '../../helpers/server/server.ts';

const dashboard = setUpDashboard();
const wire = setUpWire(dashboard);

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
const OUT_OF_ORDER = toProblem(503, 'Out of order', 'Come back later.');

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const createShop = (): Promise<TestApp> =>
  dashboard.server.createApp({ name: 'Shop', url: 'http://127.0.0.1:9' });

/** Changes the check as a worker does, and tells those who wait for it. */
async function change(id: string, assignments: string): Promise<void> {
  await dashboard.server.query(`update checks set ${assignments}, revision = revision + 1 where id = $1`, [
    id,
  ]);
  await dashboard.server.query(`select pg_notify('qassandra_check_changed', $1)`, [id]);
}

const END = `status = 'finished', conclusion = 'success', claimable_at = null, finished_at = now()`;

test('says that a live check is cut off, keeps its last state, and resumes by itself', async () => {
  const app = await createShop();
  const id = await insertCheck(dashboard.server, app, { conclusion: null, flows: [passed('GET /')] });
  const visited = await wire.open(`/apps/${app.alias}/checks/${id}`, { hasClock: true });
  const { page } = visited;
  await page.getByText('1 flow done so far').waitFor();
  await wire.cut();
  const notice = page.getByRole('status').filter({ hasText: 'The server does not answer.' });
  await notice.getByText(/What you see is from \d+:\d\d [AP]M\. This page is trying again\.$/).waitFor();
  await page.getByText('1 flow done so far').waitFor();
  await dashboard.server.query(`update checks set ${END}, revision = revision + 1 where id = $1`, [id]);
  await wire.restore();
  await passTimeUntil(visited, findResult(page).getByText('✓ Passed'));
  await notice.waitFor({ state: 'detached' });
});

test('retries a check that could not be read', async () => {
  const app = await createShop();
  const id = await insertCheck(dashboard.server, app);
  const visit = await dashboard.open('/organization', { hasClock: true });
  const { page } = visit;
  const mend = await failRequests(visit, { path: /\/api\/.*\/checks\// }, OUT_OF_ORDER);
  await visit.goTo(`/apps/${app.alias}/checks/${id}`);
  const notice = page.getByRole('status').filter({ hasText: 'Out of order. This page is trying again.' });
  await notice.waitFor();
  expect(await page.getByText('What you see').count()).toBe(0);
  await mend();
  await passTimeUntil(visit, findResult(page));
  await notice.waitFor({ state: 'detached' });
});

test('says that a check was deleted while it was watched', async () => {
  const visit = await openCheck(
    dashboard,
    { conclusion: null, flows: [passed('GET /')] },
    { allow: [/status of 404/] },
  );
  const { page, id, app } = visit;
  await page.getByText('1 flow done so far').waitFor();
  await dashboard.server.query('delete from checks where id = $1', [id]);
  await dashboard.server.query(`select pg_notify('qassandra_check_changed', $1)`, [id]);
  await page.getByRole('alert').filter({ hasText: 'No such check.' }).waitFor();
  await page.getByText('It was here until a moment ago').waitFor();
  // Nothing stays of a check that is gone, and its actions would fail.
  expect(await findResult(page).count()).toBe(0);
  expect(await button(page, 'Cancel check').count()).toBe(0);
  expect(await page.title()).toBe('Check · Qassandra');
  await page.getByRole('link', { name: 'Back to the app' }).click();
  await page.locator('h1:focus').getByText('Shop').waitFor();
  expect(new URL(page.url()).pathname).toBe(`/apps/${app.alias}`);
});

test('says that a check does not exist, and links back', async () => {
  const app = await createShop();
  const visited = await dashboard.open('/organization', { allow: [/status of 404/] });
  for (const id of [UNKNOWN_ID, 'nonsense']) {
    await visited.goTo(`/apps/${app.alias}/checks/${id}`);
    await visited.page.getByRole('alert').filter({ hasText: 'No such check.' }).waitFor();
    await visited.page.getByRole('heading', { level: 1, name: 'Check', exact: true }).waitFor();
    await visited.page.getByRole('link', { name: 'Back to the app' }).click();
    await visited.page.getByRole('heading', { level: 1, name: 'Shop', exact: true }).waitFor();
  }
});

const getIcon = (page: Page) =>
  page.locator('link[rel="icon"]').evaluate((link: { href: string }) => decodeURIComponent(link.href));

test('shows the progress of a check from the queue to its end', async () => {
  const visit = await openCheck(dashboard, { conclusion: null }, { hasClock: true });
  const { page, id } = visit;
  await change(id, `status = 'scheduled', started_at = null`);
  await findResult(page).getByText('Waiting to start').waitFor();
  await page.getByText('No flow has ended yet.').waitFor();
  await findResult(page).getByText('No runner has taken it yet').waitFor();
  const bar = findResult(page).getByRole('progressbar', { name: 'Progress of the check' });
  expect(await bar.getAttribute('aria-valuenow')).toBeNull();
  expect(await page.title()).toBe('○ Waiting to start · Check of Shop · Qassandra');

  const flows = [passed('GET /'), failed('GET /gone', 'responded 404')];
  await change(id, `status = 'running', started_at = now(), flows = '${JSON.stringify(flows)}'`);
  await findResult(page).getByText('2 flows done so far, 1 failed').waitFor();
  await findResult(page)
    .getByText(/^\d s$/)
    .waitFor();
  await page.clock.fastForward(90_000);
  await findResult(page)
    .getByText(/^1 min 3\d s$/)
    .waitFor();
  expect(await page.title()).toBe('◌ Running · Check of Shop · Qassandra');
  const iconOfRun = await getIcon(page);

  await change(id, 'known_flows = 8');
  await findResult(page).getByText('2 of 8 known flows done, 1 failed').waitFor();
  expect(await bar.getAttribute('aria-valuenow')).toBe('2');
  expect(await bar.getAttribute('aria-valuemax')).toBe('8');

  await change(id, `flows = '[]', known_flows = null`);
  await findResult(page).getByText('0 flows done so far').waitFor();
  const notice = findResult(page).getByRole('status');
  await notice.getByText('The runner was stopped; the check started again.').waitFor();
  await change(id, `flows = '${JSON.stringify(flows)}', attempts = 2`);
  await notice.getByText('The runner was lost; the check started again, try 2 of 3.').waitFor();

  await page.getByRole('button', { name: 'Cancel check' }).focus();
  await change(id, `${END}, started_at = now() - interval '3 seconds'`);
  await findResult(page).getByText('1 of 2 passed').waitFor();
  await findResult(page).getByText('3.0 s').waitFor();
  // The button that had the focus is gone with the end, which is read out.
  await page.locator('h1:focus').getByText('Check of Shop').waitFor();
  await page
    .getByRole('status')
    .filter({ hasText: 'The check has ended: ✓ Passed. 1 of 2 passed' })
    .waitFor({ state: 'attached' });
  expect(await notice.innerText()).toBe('');
  expect(await page.title()).toBe('✓ Passed · Check of Shop · Qassandra');
  const icon = await getIcon(page);
  expect(icon).toMatch(/^data:image\/svg\+xml,<svg /);
  expect(icon).not.toBe(iconOfRun);
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Shop' }).click();
  await page.getByRole('heading', { level: 1, name: 'Shop', exact: true }).waitFor();
  expect(await getIcon(page)).toMatch(/\/assets\/icon-.*\.svg$/);
});

test('does not announce the end of a check that had ended before', async () => {
  const { page } = await openCheck(dashboard, {
    conclusion: 'error',
    error: 'The app refused the connection.',
  });
  await findResult(page).getByText('The app refused the connection.').waitFor();
  await page.getByText('No flow was tried.').waitFor();
  expect(await page.getByText('The check has ended').count()).toBe(0);
  expect(await page.locator('h1:focus').count()).toBe(0);
});

test('shows failed flows, and folds the others until somebody opens them', async () => {
  const skipped = { ...passed('GET /skipped', 0), status: 'skipped', error: 'leads out of the app' } as const;
  const many = Array.from({ length: 640 }, (_, at) => passed(`GET /${at}`));
  const flows = [...many, skipped, failed('GET /broken', 'responded 500')];
  const { page } = await openCheck(dashboard, { conclusion: 'failure', flows });
  await findResult(page).getByText('640 of 642 passed, 1 skipped').waitFor();
  const items = page.getByRole('listitem');
  const read = async () => (await items.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
  expect(await read()).toEqual(['✕ Failed GET /broken 90 ms responded 500']);
  await page.getByText('1 skipped', { exact: true }).click();
  await items.nth(1).waitFor();
  expect((await read())[1]).toBe('– Skipped GET /skipped 0 ms leads out of the app');

  const passing = page.getByRole('list', { name: 'passed flows' }).getByRole('listitem');
  await page.locator('summary', { hasText: '640 passed' }).focus();
  await page.keyboard.press('Enter');
  await passing.nth(99).waitFor();
  expect(await passing.count()).toBe(100);
  const more = button(page, 'Show 500 more of 540');
  expect(await more.getAttribute('aria-expanded')).toBe('false');
  await more.focus();
  await page.keyboard.press('Enter');
  await button(page, 'Show 40 more of 40').and(page.locator(':focus')).waitFor();
  expect(await passing.count()).toBe(600);
  await page.keyboard.press('Enter');
  await button(page, 'Show fewer').and(page.locator('[aria-expanded=true]:focus')).waitFor();
  expect(await passing.count()).toBe(640);
  await page.keyboard.press('Enter');
  await passing.nth(100).waitFor({ state: 'detached' });
});

test('is called after its commit or pull request, and says who, when and where', async () => {
  const app = await createShop();
  const check = { seconds: 4, triggeredBy: 'schedule' } as const;
  const subject = 'Say how many teapots are left';
  const metadata = { git_commit_message: `\n${subject}\n\nBecause.`, pull_request_name: 'Teapots' };
  const id = await insertCheck(dashboard.server, app, { ...check, metadata });
  await dashboard.server.query(
    `update checks set settings = '{}', started_at = created_at + interval '2 seconds' where id = $1`,
    [id],
  );
  const visit = await dashboard.open(`/apps/${app.alias}/checks/${id}`);
  const { page } = visit;
  await visit.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('heading', { level: 1, name: subject, exact: true }).waitFor();
  expect(await page.title()).toBe(`✓ Passed · ${subject} · Qassandra`);
  await page.getByText('Schedule, 5 minutes ago').waitFor();
  await page.getByText('Waited 2.0 s for a runner, ran for 2.0 s').waitFor();
  await page.getByText("Tried other settings than the app's").waitFor();
  await button(page, 'Copy the link to this check').click();
  await page.getByText('Copied.').waitFor({ state: 'attached' });
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(page.url());

  const cases: readonly [CheckOptions['metadata'], string][] = [
    [{ pull_request_name: 'Teapots' }, 'Teapots'],
    [{ git_commit_message: `${'long '.repeat(60)}\nrest` }, `${'long '.repeat(40).trimEnd()}…`],
  ];
  for (const [one, title] of cases) {
    const other = await insertCheck(dashboard.server, app, { metadata: one ?? {} });
    await visit.goTo(`/apps/${app.alias}/checks/${other}`);
    await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
  }
});

test('shows the parts of the source that are known', async () => {
  const app = await createShop();
  const visit = await dashboard.open('/organization');
  const { page } = visit;
  const cases: readonly { check: CheckOptions; facts: Record<string, RegExp> }[] = [
    {
      check: { metadata: { git_commit_message: 'Only a message' }, triggeredBy: { userId: UNKNOWN_ID } },
      facts: { Commit: /^\s*Only a message$/ },
    },
    {
      check: { metadata: { pull_request_name: 'Only a name', app_url: 'https://preview.example.com/' } },
      facts: { 'Pull request': /^\s*Only a name$/, 'Tested URL': /^https:\/\/preview\.example\.com\/$/ },
    },
    {
      check: { metadata: { git_commit_id: 'v1.2.3', pull_request_id: 'MR-7', branch: 'fix' } },
      facts: { Commit: /^v1\.2\.3\s*$/, 'Pull request': /^MR-7$/, Branch: /^fix$/ },
    },
  ];
  for (const { check, facts } of cases) {
    const triggeredBy = typeof check.triggeredBy === 'object' ? 'schedule' : check.triggeredBy;
    const id = await insertCheck(dashboard.server, app, { ...check, ...(triggeredBy && { triggeredBy }) });
    await visit.goTo(`/apps/${app.alias}/checks/${id}`);
    await findResult(page).waitFor();
    for (const [term, text] of Object.entries(facts)) {
      const value = page.locator('dt', { hasText: term }).locator('xpath=following-sibling::dd[1]');
      expect(await value.innerText()).toMatch(text);
    }
  }
  // Neither is of a form that GitHub has a page for.
  expect(await page.getByRole('link', { name: /v1\.2\.3|MR-7/ }).count()).toBe(0);
});

test('shows a check whose person was deleted', async () => {
  const app = await createShop();
  const id = await insertCheck(dashboard.server, app);
  await dashboard.server.query(`update checks set triggered_by = 'session' where id = $1`, [id]);
  const { page } = await dashboard.open(`/apps/${app.alias}/checks/${id}`);
  await page.getByText('Somebody, on this dashboard, 5 minutes ago').waitFor();
});

test('shows why cancelling failed, and waits for the end once it is requested', async () => {
  const visit = await openCheck(dashboard, { conclusion: null });
  const { page, id } = visit;
  const cancel = { method: 'POST', path: /\/cancel$/ } as const;
  const dialog = page.getByRole('alertdialog', { name: 'Cancel this check?' });
  const mend = await failRequests(visit, cancel, OUT_OF_ORDER);
  await button(page, 'Cancel check').click();
  await dialog.getByText('A workflow that waits for it sees it as cancelled, and may fail.').waitFor();
  await dialog.getByRole('button', { name: 'Cancel check' }).click();
  await dialog.getByRole('alert').getByText('Come back later.').waitFor();
  await mend();
  await visit.context.route(cancel.path, (route) => route.fulfill({ status: 202, json: {} }));
  await dialog.getByRole('button', { name: 'Cancel check' }).click();
  await page.getByText('Cancelling…').waitFor();
  expect(await button(page, 'Cancel check').count()).toBe(0);
  await change(
    id,
    `status = 'cancelled', conclusion = 'cancelled', claimable_at = null, finished_at = now()`,
  );
  await findResult(page).getByText('– Cancelled').waitFor();
  await button(page, 'Run again').waitFor();
});

test('shows the start of “Run again”, and why it failed', async () => {
  const visit = await openCheck(dashboard, { metadata: { branch: 'fix' } });
  const { page, id } = visit;
  const trigger = { method: 'POST', path: /\/trigger$/ } as const;
  const mend = await failRequests(visit, trigger, OUT_OF_ORDER);
  await button(page, 'Run again').click();
  await page.getByRole('alert').getByText('Come back later.').waitFor();
  await mend();
  const release = await holdRequests(visit, trigger);
  await button(page, 'Run again').click();
  await button(page, 'Starting…').and(page.locator(':focus')).waitFor();
  release();
  await page.waitForURL((url) => !url.pathname.endsWith(id));
  await page.locator('h1:focus').getByText('Check of Shop').waitFor();
});

test('links to the app and to the apps above a check', async () => {
  const { page, app } = await openCheck(dashboard, {});
  const trail = page.getByRole('navigation', { name: 'Breadcrumb' });
  await trail.getByRole('link', { name: 'Shop' }).waitFor();
  expect(await trail.getByRole('link').allInnerTexts()).toEqual(['Apps', 'Shop']);
  expect(await page.title()).toBe('✓ Passed · Check of Shop · Qassandra');
  await trail.getByRole('link', { name: 'Shop' }).click();
  await page.waitForURL(`**/apps/${app.alias}`);
});
