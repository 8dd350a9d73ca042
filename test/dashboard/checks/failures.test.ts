import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { FlowResult } from '../../../server/features/checks/schema.ts';
import { setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { failRequests, toProblem } from '../../helpers/browser/interception.ts';
import { findResult, openCheck } from '../../helpers/browser/open-check.ts';
import { failed, insertCheck, passed } from '../../helpers/server/checks.ts';

const dashboard = setUpDashboard();
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

const CAUSE = 'style /app.css responded 404 Not Found';
const styled = (name: string) => ({ ...failed(name, CAUSE), cause: CAUSE });

test('tells what is new from what is known on main, and moves nothing when the check ends', async () => {
  const app = await dashboard.server.createApp({ name: 'Shop', url: 'http://127.0.0.1:9' });
  const old = failed('GET /old', 'responded 404 Not Found');
  const main = await insertCheck(dashboard.server, app, {
    conclusion: 'failure',
    metadata: { branch: 'main' },
    minutesAgo: 60,
    flows: [old, styled('GET /a'), failed('GET /mended', 'responded 500')],
  });
  const early = [failed('GET /first', 'responded 502'), old, styled('GET /a'), passed('GET /mended')];
  const id = await insertCheck(dashboard.server, app, { conclusion: null, flows: early });
  const { page } = await dashboard.open(`/apps/${app.alias}/checks/${id}`, { height: 400 });
  const added = page.getByRole('list', { name: /^New since main/ });
  const known = page.getByRole('list', { name: /^Known on main/ });
  const read = async (list: typeof added) =>
    (await list.locator('> li').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
  const links = page.getByRole('link', { name: 'the check of main before it' });
  await links.nth(1).waitFor();
  expect(await links.nth(0).getAttribute('href')).toMatch(new RegExp(`/checks/${main}$`));
  expect(await read(added)).toEqual(['✕ Failed GET /first 90 ms responded 502']);
  expect(await read(known)).toEqual([
    '✕ Failed GET /old 90 ms responded 404 Not Found',
    `✕ Failed GET /a 90 ms ${CAUSE}`,
  ]);
  const change = async (flows: readonly FlowResult[], end = '') => {
    await dashboard.server.query(
      `update checks set flows = $2, revision = revision + 1 ${end} where id = $1`,
      [id, JSON.stringify(flows)],
    );
    await dashboard.server.query(`select pg_notify('qassandra_check_changed', $1)`, [id]);
  };
  // A known cause in a new place stays where it is read, and says so.
  const more = [...early, styled('GET /b')];
  await change(more);
  await known.getByText('2 flows, 1 of them new').waitFor();
  expect((await read(known))[1]).toBe(`✕ Failed ${CAUSE} 2 flows, 1 of them new GET /a GET /b`);

  const fold = page.locator('summary', { hasText: '1 fixed since main' });
  await fold.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('list', { name: 'fixed flows' }).getByText('GET /mended').waitFor();
  const top = async () => (await fold.boundingBox())?.y ?? Number.NaN;
  const before = await top();
  // A larger group, which would be the first one on a page that is opened now.
  const late = ['/x', '/y', '/z'].map((path) => ({ ...failed(`GET ${path}`, 'slow'), cause: 'slow' }));
  const end = `, status = 'finished', conclusion = 'failure', claimable_at = null, finished_at = now()`;
  await change([...more, ...late], end);
  await findResult(page).getByText('✕ Failed').waitFor();
  expect(await read(added)).toEqual([
    '✕ Failed GET /first 90 ms responded 502',
    '✕ Failed slow 3 flows GET /x GET /y GET /z',
  ]);
  await fold.and(page.locator(':focus')).waitFor();
  // The browser rounds what it scrolls by.
  expect(Math.abs((await top()) - before)).toBeLessThan(2);

  await page.reload();
  await added.locator('> li').nth(2).waitFor();
  expect((await read(added))[0]).toContain('slow 3 flows');
  expect((await read(added))[2]).toBe(`✕ Failed ${CAUSE} 2 flows, 1 of them new GET /a GET /b`);
});

test('says that there is nothing to compare with, and that the comparison failed', async () => {
  const flows = [failed('GET /', 'responded 500')];
  const visit = await openCheck(dashboard, { conclusion: 'failure', flows });
  const { page } = visit;
  await page.getByText('No earlier check of main to compare with.').waitFor();
  const mend = await failRequests(
    visit,
    { path: /\/comparison$/ },
    toProblem(403, 'Not now', 'Come back later.'),
  );
  await page.reload();
  await page.getByText('What failed could not be compared with the main branch.').waitFor();
  expect(await page.getByText('No earlier check').count()).toBe(0);
  await mend();
  await button(page, 'Compare again').click();
  await page.getByText('No earlier check of main to compare with.').waitFor();
});

test('groups failed flows by cause, the cause with the most flows first', async () => {
  const cause = 'style /app.css responded 404 Not Found';
  const broken = Array.from({ length: 5 }, (_, at) => ({ ...failed(`GET /${at}`, cause), cause }));
  const worse = { ...failed('GET /worse', `${cause}; image /a.png responded 500`), cause };
  const flows = [failed('GET /gone', 'responded 404 Not Found'), worse, ...broken, passed('GET /')];
  const { page } = await openCheck(dashboard, { conclusion: 'failure', flows });
  const groups = page.getByRole('list', { name: /^Failed/ }).locator('> li');
  const read = async () => (await groups.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
  await groups.nth(1).waitFor();
  expect(await read()).toEqual([
    `✕ Failed ${cause} 6 flows GET /worse ${cause}; image /a.png responded 500 GET /0 GET /1 and 3 more flows: ${cause}`,
    '✕ Failed GET /gone 90 ms responded 404 Not Found',
  ]);
  const more = button(page, `and 3 more flows: ${cause}`);
  expect(await more.getAttribute('aria-expanded')).toBe('false');
  await more.click();
  await page.getByText('GET /4', { exact: true }).waitFor();
  await button(page, `Show fewer flows: ${cause}`).click();
  await page.getByText('GET /4', { exact: true }).waitFor({ state: 'detached' });
});

test('shows the first hundred causes at first', async () => {
  const flows = Array.from({ length: 102 }, (_, at) => failed(`GET /${at}`, `responded ${at}`));
  const { page } = await openCheck(dashboard, { conclusion: 'failure', flows });
  const groups = page.getByRole('list', { name: /^Failed/ }).getByRole('listitem');
  await groups.nth(99).waitFor();
  expect(await groups.count()).toBe(100);
  await button(page, 'Show all 102 causes').click();
  await groups.nth(101).waitFor();
});

test('keeps failures of a check without causes apart', async () => {
  const flows = ['/a', '/b'].map((path) => ({ ...failed(`GET ${path}`, 'responded 500'), cause: null }));
  const { page } = await openCheck(dashboard, { conclusion: 'failure', flows });
  const groups = page.getByRole('list', { name: /^Failed/ }).getByRole('listitem');
  await groups.nth(1).waitFor();
  expect(await groups.count()).toBe(2);
});

test('does not show an incomplete check as passed, and says what is left', async () => {
  const message = '120 pages were not opened: a check opens at most 5,000.';
  const { page, app, visit } = await openCheck(dashboard, {
    flows: [passed('GET /')],
    incomplete: { reason: 'page_limit', left: 120, message },
    warnings: ['GET /shop is built by script: only its shell was checked.'],
  }).then((opened) => ({ ...opened, visit: opened }));
  await findResult(page).getByText('◐ Incomplete').waitFor();
  const left = page.getByRole('region', { name: 'What was not looked at' });
  await left.getByText(`Incomplete. ${message}`).waitFor();
  await left.getByRole('listitem').getByText('only its shell was checked').waitFor();
  await visit.goTo('/');
  const row = page.getByRole('row').filter({ has: page.locator(`a[href="/apps/${app.alias}"]`) });
  await row.getByText('Incomplete').waitFor();
  await visit.goTo(`/apps/${app.alias}`);
  await page.getByRole('link', { name: /^Incomplete, / }).waitFor();
});
