import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { findResult, openCheck } from '../../helpers/browser/open-check.ts';
import { failed, passed } from '../../helpers/server/checks.ts';

const dashboard = setUpDashboard();
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('groups failed flows by cause, the cause with the most flows first', async () => {
  const cause = 'style /app.css responded 404 Not Found';
  const broken = Array.from({ length: 5 }, (_, at) => ({ ...failed(`GET /${at}`, cause), cause }));
  const worse = { ...failed('GET /worse', `${cause}; image /a.png responded 500`), cause };
  const flows = [failed('GET /gone', 'responded 404 Not Found'), worse, ...broken, passed('GET /')];
  const { page } = await openCheck(dashboard, { conclusion: 'failure', flows });
  const groups = page.getByRole('list', { name: 'Failed flows' }).locator('> li');
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
  const groups = page.getByRole('list', { name: 'Failed flows' }).getByRole('listitem');
  await groups.nth(99).waitFor();
  expect(await groups.count()).toBe(100);
  await button(page, 'Show all 102 causes').click();
  await groups.nth(101).waitFor();
});

test('keeps failures of a check without causes apart', async () => {
  const flows = ['/a', '/b'].map((path) => ({ ...failed(`GET ${path}`, 'responded 500'), cause: null }));
  const { page } = await openCheck(dashboard, { conclusion: 'failure', flows });
  const groups = page.getByRole('list', { name: 'Failed flows' }).getByRole('listitem');
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
  await page.getByRole('img', { name: '0 passed, 1 incomplete, 0 failed' }).waitFor();
});
