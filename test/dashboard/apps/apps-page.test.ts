import { expect, test } from '@jest/globals';
import type { Visit } from '../../helpers/browser/browser.ts';
import { passTimeUntil, setUpHostedDashboard, setUpWire } from '../../helpers/browser/dashboard.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import { insertCheck } from '../../helpers/server/checks.ts';
import type { TestPerson } from '../../helpers/server/sign-in.ts';

const dashboard = setUpHostedDashboard();
const wire = setUpWire(dashboard);

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

const alert = ({ page }: Visit) => page.getByRole('alert');
const heading = ({ page }: Visit, name: string) => page.getByRole('heading', { level: 1, name, exact: true });
const row = ({ page }: Visit, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });

async function createApp({ cookie }: TestPerson, fields: object): Promise<{ id: string; alias: string }> {
  const answer = await asAdmin(dashboard.server, 'post', '/api/apps', cookie).send(fields);
  return answer.body;
}

test('tells an admin without apps what to do, and shows the first app', async () => {
  const person = await dashboard.signIn();
  const visit = await dashboard.open('/', { cookie: person.cookie, hasClock: true });
  await visit.page.getByRole('heading', { name: 'No apps yet' }).waitFor();
  expect(await visit.page.getByRole('listitem').count()).toBe(4);
  // Somebody else's new app shows up without a reload.
  await createApp(person, { name: 'First' });
  await passTimeUntil(visit, row(visit, 'First'));
  expect(await visit.page.getByText('No apps yet').count()).toBe(0);
});

test('lists each app with its main branch, its last check and how the last ten ended', async () => {
  const person = await dashboard.signIn();
  const shop = await createApp(person, { name: 'Listed shop', url: 'https://shop.example.com' });
  await createApp(person, { name: 'Listed blog' });
  const main = await insertCheck(dashboard.server, shop, {
    conclusion: 'failure',
    minutesAgo: 120,
    metadata: { branch: 'main' },
  });
  const id = await insertCheck(dashboard.server, shop, { conclusion: 'cancelled', minutesAgo: 60.1 });
  const visit = await dashboard.open('/', { cookie: person.cookie, hasClock: true });
  await row(visit, 'Listed shop').waitFor();
  expect(await row(visit, 'Listed shop').innerText()).toMatch(
    /Listed shop\s*listed-shop · https:\/\/shop\.example\.com\s+✕\s+Failed\s+2 hours ago\s+–\s+Cancelled\s+1 hour ago/,
  );
  expect(await row(visit, 'Listed blog').innerText()).toMatch(
    /listed-blog · no URL yet\s+not checked yet\s+never checked\s*$/,
  );
  for (const [name, check] of [
    ['Failed', main],
    ['Cancelled', id],
  ] as const) {
    const link = row(visit, 'Listed shop').getByRole('link', { name });
    expect(await link.getAttribute('href')).toBe(`/apps/${shop.alias}/checks/${check}`);
  }
  const spark = row(visit, 'Listed shop').getByRole('img');
  expect(await spark.getAttribute('aria-label')).toBe('0 of the last 2 passed, 1 failed, 1 cancelled');
  // A failed check hangs below the line: the colour only repeats it.
  const [line, failed] = await Promise.all([
    spark.locator('line').getAttribute('y1'),
    spark.locator('.spark-failure').getAttribute('y'),
  ]);
  expect(Number(failed)).toBeGreaterThan(Number(line));
  expect(await row(visit, 'Listed blog').getByRole('img').count()).toBe(0);

  const running = await insertCheck(dashboard.server, shop, { conclusion: null, minutesAgo: 0 });
  await passTimeUntil(visit, row(visit, 'Listed shop').getByText('Running'));
  await dashboard.server.query(`update checks set status = 'scheduled', started_at = null where id = $1`, [
    running,
  ]);
  await passTimeUntil(visit, row(visit, 'Listed shop').getByText('Waiting to start'));
  await row(visit, 'Listed shop').getByRole('link', { name: 'Listed shop' }).click();
  await visit.page.locator('h1:focus').getByText('Listed shop').waitFor();
});

test('keeps the list while the server is gone, says once how old it is, and recovers by itself', async () => {
  const person = await dashboard.signIn();
  await createApp(person, { name: 'Shop' });
  const visited = await wire.open('/', { cookie: person.cookie, hasClock: true });
  const { page } = visited;
  await page.getByRole('link', { name: 'Shop' }).waitFor();
  await wire.cut();
  const notice = page.getByRole('status').filter({ hasText: 'The server does not answer.' });
  await passTimeUntil(visited, notice);
  const text = await notice.innerText();
  expect(text).toMatch(/What you see is from \d+:\d\d [AP]M\. This page is trying again\.$/);
  await page.clock.fastForward('05:00');
  expect(await notice.innerText()).toBe(text);
  await page.getByRole('link', { name: 'Shop' }).waitFor();
  expect(await alert(visited).count()).toBe(0);
  await wire.restore();
  await createApp(person, { name: 'Added meanwhile' });
  await passTimeUntil(visited, row(visited, 'Added meanwhile'));
  await notice.waitFor({ state: 'detached' });
});

test('says that the server does not answer when a button is pressed offline', async () => {
  const person = await dashboard.signIn();
  const app = await createApp(person, { name: 'Shop', url: 'http://127.0.0.1:9' });
  const visited = await dashboard.open(`/apps/${app.alias}`, {
    cookie: person.cookie,
    allow: [/Failed to load resource: net::ERR_/],
  });
  const { page } = visited;
  await page.getByRole('button', { name: 'Run check' }).waitFor();
  await visited.context.setOffline(true);
  await page.getByRole('button', { name: 'Run check' }).click();
  await alert(visited).filter({ hasText: 'The server does not answer.' }).first().waitFor();
  await visited.context.setOffline(false);
  await page.getByRole('button', { name: 'Run check' }).click();
  await page.waitForURL(/\/checks\//);
});

test('says that an app does not exist, also one of others, and links back', async () => {
  const [owner, stranger] = [await dashboard.signIn(), await dashboard.signIn()];
  const app = await createApp(owner, { name: 'Shop' });
  const visited = await dashboard.open('/', { cookie: stranger.cookie, allow: [/status of 404/] });
  for (const path of [
    '/apps/no-such-app',
    `/apps/${UNKNOWN_ID}`,
    `/apps/${app.alias}`,
    `/apps/${app.alias}/settings`,
  ]) {
    await visited.goTo(path);
    await alert(visited).filter({ hasText: 'No such app.' }).waitFor();
    await visited.page.getByRole('link', { name: 'Apps' }).last().click();
    await heading(visited, 'Apps').waitFor();
  }
  await visited.goTo('/apps/no-such-app');
  await visited.page.getByRole('link', { name: 'Back to your apps' }).click();
  await heading(visited, 'Apps').waitFor();
});

test('shows the URL, the main branch and the repository of an app', async () => {
  const person = await dashboard.signIn();
  const fields = { name: 'Facts', url: 'https://shop.example.com/', main_branch: 'trunk' };
  const app = await createApp(person, { ...fields, repository_url: 'https://github.com/octo-org/shop' });
  const visited = await dashboard.open(`/apps/${app.alias}`, { cookie: person.cookie });
  const { page } = visited;
  await heading(visited, 'Facts').waitFor();
  for (const address of [fields.url, 'https://github.com/octo-org/shop']) {
    const link = page.getByRole('link', { name: address, exact: true });
    expect([await link.getAttribute('href'), await link.getAttribute('rel')]).toEqual([
      address,
      'noreferrer',
    ]);
  }
  await page.getByText('trunk').waitFor();
  const bare = await createApp(person, { name: 'Bare' });
  await visited.goTo(`/apps/${bare.id}`);
  await page.getByText('none yet: set it in the settings').waitFor();
  expect(await page.getByText('Repository', { exact: true }).count()).toBe(0);
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await heading(visited, 'App settings').waitFor();
  expect(new URL(page.url()).pathname).toBe(`/apps/${bare.alias}/settings`);
});
