import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { passTimeUntil, setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { type CheckOptions, insertCheck } from '../../helpers/server/checks.ts';
import type { TestApp } from '../../helpers/server/server.ts';

const dashboard = setUpDashboard();

const chart = (page: Page) => page.getByRole('region', { name: /^Last (\d+ )?checks?$/ });
const bars = (page: Page) => chart(page).getByRole('link');
const focused = (page: Page) => page.locator(':focus').getAttribute('aria-label');

/** An app with these checks, the first of them the newest. */
async function createApp(checks: readonly CheckOptions[]): Promise<{ app: TestApp; ids: string[] }> {
  const app = await dashboard.server.createApp({ url: 'http://127.0.0.1:9' });
  const ids: string[] = [];
  for (const [at, check] of checks.entries()) {
    ids.push(await insertCheck(dashboard.server, app, { minutesAgo: 1 + at, ...check }));
  }
  return { app, ids };
}

const tea = (check: CheckOptions): CheckOptions => ({
  metadata: { branch: 'fix', git_commit_message: 'Fix the tea' },
  ...check,
});

test('draws a bar for each check, the newest at the right, which the keyboard reaches', async () => {
  const { app, ids } = await createApp([
    tea({ conclusion: null }),
    tea({ conclusion: 'failure', seconds: 10 }),
    { seconds: 0 },
    { conclusion: 'cancelled', seconds: 5 },
    { conclusion: 'error', seconds: 4 },
    { seconds: 6, incomplete: { reason: 'page_limit', left: 2, message: 'Stopped.' } },
  ]);
  const visit = await dashboard.open(`/apps/${app.alias}`, { hasClock: true });
  const { page } = visit;
  await bars(page).nth(5).waitFor();
  const looks = await bars(page)
    .locator('.bar')
    .evaluateAll((all): string[] => all.map((bar) => `${bar.className} ${bar.style.height}`));
  expect(looks).toEqual([
    'bar bar-incomplete 60%',
    'bar bar-error 40%',
    'bar bar-cancelled 50%',
    'bar bar-success 6%',
    'bar bar-failure 100%',
    'bar bar-running 30%',
  ]);
  expect(await chart(page).locator('.chart-axis span').allInnerTexts()).toEqual(['10 s', '5 s', '0']);
  expect(await chart(page).locator('.legend').getByRole('listitem').allInnerTexts()).toEqual([
    '1 passed',
    '1 incomplete',
    '1 failed',
    '1 could not run',
    '1 cancelled',
    '1 not ended',
    'Median duration 6.0 s.',
  ]);

  // One stop of the Tab key, and arrow keys from there.
  const last = `Running, Fix the tea, fix, check ${ids[0]?.slice(0, 8)}`;
  const failure = `Failed, 10.0 s, Fix the tea, fix, check ${ids[1]?.slice(0, 8)}`;
  expect(await chart(page).locator('a[tabindex="0"]').count()).toBe(1);
  await page.getByLabel('Triggered by').focus();
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe(last);
  await page.keyboard.press('ArrowRight');
  expect(await focused(page)).toBe(last);
  await page.keyboard.press('Home');
  expect(await focused(page)).toMatch(/^Incomplete, 6\.0 s, Check [0-9a-f]{8}, check/);
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  expect(await focused(page)).toBe(failure);
  const tooltip = page.locator('.tooltip-popup');
  await tooltip.getByText('Fix the tea').waitFor();
  expect(await tooltip.innerText()).toMatch(/^✕ Failed in 10\.0 s, .*\n?Fix the tea\n?fix$/s);

  // A new check does not take the focus, nor move what has it, until the focus leaves.
  await insertCheck(dashboard.server, app, { minutesAgo: 0.1 });
  await passTimeUntil(visit, page.getByText('2 passed'));
  expect([await focused(page), await bars(page).count()]).toEqual([failure, 6]);
  await page.keyboard.press('Tab');
  await bars(page).nth(6).waitFor();
  await page.keyboard.press('Shift+Tab');
  expect(await focused(page)).toBe(failure);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/checks/${ids[1]}`);
});

test('cuts the bars of checks that took very long, and draws fewer on a narrow screen', async () => {
  const { app } = await createApp(
    Array.from({ length: 55 }, (_, at) => ({ seconds: at === 3 || at === 20 ? 600 : 10 + (at % 5) })),
  );
  const { page } = await dashboard.open(`/apps/${app.alias}`);
  await bars(page).nth(49).waitFor();
  expect(await bars(page).count()).toBe(50);
  expect(await chart(page).locator('.chart-axis span').allInnerTexts()).toEqual(['30 s', '15 s', '0']);
  expect(await chart(page).locator('.bar-cut').count()).toBe(2);
  await chart(page).getByText('2 bars are cut, with a gap near the top: longer than 30 s.').waitFor();
  await page.setViewportSize({ width: 360, height: 800 });
  await bars(page).nth(25).waitFor({ state: 'detached' });
  expect(await bars(page).count()).toBe(25);
  await page.getByRole('heading', { name: 'Last 25 checks' }).waitFor();
});

test('says that no check ran to its end, and draws no chart if none has ended', async () => {
  const { app: aborted } = await createApp([{ conclusion: 'error' }, { conclusion: 'cancelled' }]);
  const { page, goTo } = await dashboard.open(`/apps/${aborted.alias}`);
  await page.getByText('None ran to its end.').waitFor();
  const { app: running } = await createApp([{ conclusion: null }]);
  await goTo(`/apps/${running.alias}`);
  await page.getByRole('row').filter({ hasText: 'Running' }).waitFor();
  expect(await chart(page).count()).toBe(0);
});
