import { expect, test } from '@jest/globals';
import type { Visit } from '../../helpers/browser/browser.ts';
import { setUpDashboard, setUpWire } from '../../helpers/browser/dashboard.ts';
import { failRequests } from '../../helpers/browser/interception.ts';

const dashboard = setUpDashboard();
const wire = setUpWire(dashboard);

/** What the browser and React say of a script that is not there. */
const PART_MISSING = /Unable to preload|Failed to fetch dynamically|status of 404/;

const alert = ({ page }: Visit) => page.getByRole('alert');
const heading = ({ page }: Visit, name: string) => page.getByRole('heading', { level: 1, name, exact: true });

/** Waits for the list of apps, which has one to go to. */
async function seeApps(visit: Visit): Promise<Visit> {
  await dashboard.server.createApp({ name: 'Shop' });
  await visit.page.reload();
  await visit.page.getByRole('link', { name: 'Shop' }).first().waitFor();
  return visit;
}

test('shows a page whose script could not be loaded once the server is back', async () => {
  const visited = await seeApps(await wire.open('/', { allow: [PART_MISSING] }));
  const { page } = visited;
  await wire.cut();
  await page.getByRole('link', { name: 'Shop' }).first().click();
  await heading(visited, 'This page cannot be shown').waitFor();
  await alert(visited).getByText('The server does not answer.').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await heading(visited, 'This page cannot be shown').waitFor();
  await wire.restore();
  await page.getByRole('button', { name: 'Try again' }).click();
  await heading(visited, 'Shop').waitFor();
});

test('reloads a page whose script an update has replaced', async () => {
  const visited = await seeApps(await dashboard.open('/', { allow: [PART_MISSING] }));
  const script = /\/assets\/app-page/;
  await visited.context.route(script, (route) => route.fulfill({ status: 404 }), { times: 1 });
  await visited.page.getByRole('link', { name: 'Shop' }).first().click();
  await heading(visited, 'Shop').waitFor();
});

test('reloads only once, then shows an error and leaves other pages reachable', async () => {
  const visited = await seeApps(await dashboard.open('/', { allow: [PART_MISSING] }));
  const { page } = visited;
  await visited.context.route(/\/assets\/app-page/, (route) => route.fulfill({ status: 404 }));
  const reloaded = page.waitForEvent('load');
  await page.getByRole('link', { name: 'Shop' }).first().click();
  await reloaded;
  await page.evaluate('globalThis.isSamePage = true');
  await heading(visited, 'This page cannot be shown').waitFor();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Apps' }).click();
  await heading(visited, 'Apps').waitFor();
  await page.getByRole('link', { name: 'Shop' }).first().click();
  await heading(visited, 'This page cannot be shown').waitFor();
  expect(await page.evaluate('globalThis.isSamePage')).toBe(true);
});

test('shows an error for a page that breaks, and the page after “Try again”', async () => {
  // React and the browser write what broke to the console.
  const visited = await dashboard.open('/organization', { allow: [/./] });
  await heading(visited, 'Organization')
    .or(visited.page.getByRole('heading', { name: 'Members' }))
    .waitFor();
  const mend = await failRequests(visited, { path: /\/api\/apps$/ }, { status: 200, body: '{}' });
  await visited.page.getByRole('link', { name: 'Apps' }).click();
  await heading(visited, 'This page cannot be shown').waitFor();
  expect(await alert(visited).innerText()).toContain(
    'Something went wrong on this page. Reload the page, and report it if it stays.',
  );
  await mend();
  await visited.page.getByRole('button', { name: 'Try again' }).click();
  await heading(visited, 'Apps').waitFor();
});

test('shows a way to the apps at an unknown address', async () => {
  for (const path of ['/nowhere', '/apps', '/apps/x/y/z']) {
    const visited = await dashboard.open(path, { allow: [/status of 404/] });
    await heading(visited, 'There is no such page').waitFor();
    await visited.page.getByRole('link', { name: 'your apps' }).click();
    await heading(visited, 'Apps').waitFor();
  }
});
