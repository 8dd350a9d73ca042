import { expect, test } from '@jest/globals';
import { findViolations } from '../../helpers/browser/axe.ts';
import { passTimeUntil, setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { failRequests, holdRequests, toProblem } from '../../helpers/browser/interception.ts';
import { failed, insertCheck, passed } from '../../helpers/server/checks.ts';

const dashboard = setUpDashboard();
const DAY = 24 * 60;
const STATISTICS = /\/statistics\?/;

test('shows figures and flaky flows of the chosen days, with links', async () => {
  const app = await dashboard.server.createApp({ url: 'http://127.0.0.1:9' });
  const metadata = { branch: 'fix', git_commit_id: 'a' };
  const cart = failed('GET /cart', 'responded 503');
  const insert = (check: Parameters<typeof insertCheck>[2]) => insertCheck(dashboard.server, app, check);
  const failedId = await insert({ metadata, flows: [cart], conclusion: 'failure', minutesAgo: 9 });
  const passedId = await insert({ metadata, flows: [passed('GET /cart')], minutesAgo: 8, seconds: 5 });
  await insert({ metadata: { branch: 'main' }, minutesAgo: 8 * DAY, seconds: 20 });
  const visit = await dashboard.open(`/apps/${app.alias}?branch=fix`);
  const { page } = visit;
  const region = page.getByRole('region', { name: /^Last \d+ days$/ });
  const readTiles = () => region.getByRole('definition').allInnerTexts();
  await region.getByText('1 flaky flow').waitFor();
  expect(await region.getByRole('term').allInnerTexts()).toEqual([
    'Checks',
    'Failed or could not run',
    'Median duration',
    '95 % took at most',
  ]);
  expect(await readTiles()).toEqual([
    '1 on main',
    '3 on all branches',
    '0 % (0) on main',
    '33 % (1) on all branches',
    '20.0 s on main',
    '5.0 s on all branches',
    '20.0 s on main',
    '18.5 s on all branches',
  ]);

  // Another period: the old figures go at once, and the address keeps it beside the filter.
  const release = await holdRequests(visit, { path: STATISTICS });
  await region.getByRole('radio', { name: '30 days' }).focus();
  await page.keyboard.press('ArrowLeft');
  await page.waitForURL('**?branch=fix&days=7');
  await region.getByText('… on main').first().waitFor();
  release();
  await region.getByText('0 on main', { exact: true }).waitFor();
  expect((await readTiles()).slice(2, 5)).toEqual(['– on main', '50 % (1) on all branches', '– on main']);
  await page.getByRole('heading', { name: 'Last 7 days' }).waitFor();

  await region.getByText('1 flaky flow').click();
  await region.getByText('Failed in one check and passed in another').waitFor();
  const row = region.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'GET /cart' }) });
  expect((await row.getByRole('cell').allInnerTexts()).slice(0, 3)).toEqual(['1', '1', '1']);
  expect(await findViolations(page)).toEqual([]);
  const links = await row
    .getByRole('link')
    .evaluateAll((all): string[] => all.map((link) => link.getAttribute('href')));
  expect(links).toEqual([failedId, passedId].map((id) => `/apps/${app.alias}/checks/${id}`));
});

test('says why the figures could not be read, and leaves the list of checks as it is', async () => {
  const app = await dashboard.server.createApp({ url: 'http://127.0.0.1:9' });
  await insertCheck(dashboard.server, app, { metadata: { branch: 'main' } });
  const visit = await dashboard.open('/organization', { hasClock: true });
  const { page } = visit;
  const outOfOrder = toProblem(503, 'Out of order', 'Come back later.');
  const mend = await failRequests(visit, { path: STATISTICS }, outOfOrder);
  await visit.goTo(`/apps/${app.alias}`);
  await passTimeUntil(visit, page.getByRole('alert'));
  await page.getByRole('rowheader').first().waitFor();
  await mend();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('No flaky flows: none failed and passed on the same commit.').waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});
