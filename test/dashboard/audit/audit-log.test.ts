import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { passTimeUntil, setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { failRequests, holdRequests, toProblem } from '../../helpers/browser/interception.ts';
import { createAppAdmin } from '../../helpers/network/app-admin.ts';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import type { TestApp } from '../../helpers/server/server.ts';

const dashboard = setUpDashboard();

const log = (page: Page) => page.getByRole('region', { name: 'Audit log' });
const rows = (page: Page) =>
  log(page)
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader') });

/** An app whose log begins with its first key, which is removed. */
async function createApp(): Promise<TestApp> {
  const app = await dashboard.server.createApp({ url: 'http://127.0.0.1:9/' });
  await asAdmin(dashboard.server, 'delete', `/api/apps/${app.id}/api-key`);
  return app;
}

const openSettings = (app: TestApp, options = {}) => dashboard.open(`/apps/${app.alias}/settings`, options);

test('lists who did what, when and from where, and refused keys', async () => {
  const app = await createApp();
  const { page } = await openSettings(app);
  const section = page.getByRole('region', { name: 'API key', exact: true });
  await section.getByRole('button', { name: 'Generate API key' }).click();
  const apiKey = (await section.getByRole('region', { name: 'the API key' }).innerText()).trim();
  await section.getByRole('button', { name: 'Remove API key' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove API key' }).click();
  await section.getByText('This app has no API key.').waitFor();
  const { status } = await withKey(dashboard.server, { ...app, apiKey }, 'get');
  expect(status).toBe(401);
  await page.reload();
  const refused = log(page).getByRole('row', { name: 'API key refused' });
  expect(await refused.first().innerText()).toContain(`starts with ${apiKey.slice(0, 8)}`);
  const removed = await log(page).getByRole('row', { name: 'API key removed' }).first().innerText();
  expect(removed).toMatch(/admin@localhost\s+just now\s+\S+\s+Chrome on Linux/);
  const detail = log(page).getByRole('row', { name: 'API key removed' }).first().locator('details');
  expect(await detail.locator('code').isVisible()).toBe(false);
  await detail.locator('summary').press('Enter');
  await detail.locator('code').getByText('Mozilla/').waitFor();
  expect(await log(page).getByRole('row', { name: 'API key generated' }).count()).toBe(2);
  expect(await page.content()).not.toMatch(/qsk_[A-Za-z0-9]{42}/);
});

test('lists a key found in public with a link to the place, which sends no referrer', async () => {
  const app = await createApp();
  const place = 'https://github.com/octocat/Hello-World/blob/main/%3Cimg%20src=x%3E.txt';
  // The second is refused before it gets here: the page must not depend on that.
  for (const url of [place, 'javascript:alert(1)']) {
    await dashboard.server.query(
      `insert into audit_events (app_id, action, actor_type, api_key_start, leak_url, leak_source)
       values ($1, 'api_key.leaked', 'secret_scanning', 'qsk_Ab12', $2, 'pull_request_comment')`,
      [app.id, url],
    );
  }
  const { page } = await openSettings(app);
  const leaks = log(page).getByRole('row', { name: 'API key found in public, and removed' });
  await leaks.nth(1).waitFor();
  const [script, found] = [leaks.nth(0), leaks.nth(1)];
  expect(await found.innerText()).toContain(
    'starts with qsk_Ab12. Found in: pull request comment. Found at: https',
  );
  expect(await found.innerText()).toContain('GitHub secret scanning');
  const link = found.getByRole('link', { name: place });
  expect([await link.getAttribute('href'), await link.getAttribute('rel')]).toEqual([place, 'noreferrer']);
  expect(await script.innerText()).toContain('javascript:alert(1)');
  expect(await script.getByRole('link').count()).toBe(0);
});

test('names the secret that was set, and the check settings that were changed', async () => {
  const app = await createApp();
  const admin = createAppAdmin(dashboard.server, app);
  await admin.setSecrets({ TOKEN: 'open sesame' });
  await admin.setSettings({ max_pages: 5, headers: { 'X-Token': '{{TOKEN}}' } });
  const { page } = await openSettings(app);
  const changed = rows(page).filter({ hasText: 'Check settings changed' });
  await changed.waitFor();
  expect(await changed.innerText()).toContain('Pages, Headers');
  expect(await rows(page).filter({ hasText: 'Secret set' }).innerText()).toContain('TOKEN');
  expect(await log(page).innerText()).not.toContain('open sesame');
});

test('pages a long audit log', async () => {
  const app = await createApp();
  for (let round = 0; round < 11; round += 1) {
    await asAdmin(dashboard.server, 'post', `/api/apps/${app.id}/api-key`);
    await asAdmin(dashboard.server, 'delete', `/api/apps/${app.id}/api-key`);
  }
  const { page } = await openSettings(app);
  await log(page).getByRole('row').nth(20).waitFor();
  expect(await log(page).getByRole('row').count()).toBe(1 + 20);
  await log(page).getByRole('button', { name: 'Show more' }).click();
  // The button says that it is busy first: that it is not there any more does not mean that the rows are.
  await log(page).getByRole('row').nth(24).waitFor();
  await log(page)
    .getByRole('button', { name: /Show more|Loading/ })
    .waitFor({ state: 'hidden' });
  expect(await log(page).getByRole('row').count()).toBe(1 + 24);
});

test('says what an empty log will list', async () => {
  const app = await createApp();
  await dashboard.server.query('delete from audit_events where app_id = $1', [app.id]);
  const { page } = await openSettings(app);
  await log(page).getByText('Nothing yet: changes of keys, secrets and check settings').waitFor();
  expect(await log(page).getByRole('table').count()).toBe(0);
});

test('says which values of an event are unknown', async () => {
  const app = await createApp();
  await dashboard.server.query('delete from audit_events where app_id = $1', [app.id]);
  for (const [action, actor] of [
    ['api_key.replaced', 'user'],
    ['api_key.refused', 'api_key'],
    ['api_key.leaked', 'secret_scanning'],
  ]) {
    await dashboard.server.query(
      'insert into audit_events (app_id, action, actor_type) values ($1, $2, $3)',
      [app.id, action, actor],
    );
  }
  const { page } = await openSettings(app);
  await rows(page).nth(2).waitFor();
  const texts = (await rows(page).allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
  expect(texts).toEqual([
    'API key found in public, and removed It starts with …. GitHub secret scanning just now unknown',
    'API key refused a client with a key that starts with … just now unknown',
    'API key replaced a person who is gone just now unknown',
  ]);
});

test('shows why the log could not be read, and reads it after “Try again”', async () => {
  const app = await createApp();
  const visit = await openSettings(app, { hasClock: true });
  const { page } = visit;
  await rows(page).first().waitFor();
  const problem = toProblem(503, 'Out of order', 'Come back later.');
  const mend = await failRequests(visit, { path: /\/audit-log/ }, problem);
  await page.reload();
  await passTimeUntil(visit, log(page).getByRole('alert'));
  expect(await log(page).getByRole('alert').innerText()).toContain('Out of order. Come back later.');
  expect(await rows(page).count()).toBe(0);
  await mend();
  await log(page).getByRole('button', { name: 'Try again' }).click();
  await rows(page).nth(1).waitFor();
  expect(await log(page).getByRole('alert').count()).toBe(0);
});

test('says that the next page of the log loads, and keeps the focus on the button', async () => {
  const app = await createApp();
  await dashboard.server.query(
    `insert into audit_events (app_id, action, actor_type, ip)
     select $1, 'api_key.refused', 'api_key', '192.0.2.' || n from generate_series(1, 40) as n`,
    [app.id],
  );
  const visit = await openSettings(app);
  const { page } = visit;
  await rows(page).nth(19).waitFor();
  const release = await holdRequests(visit, { path: /\/audit-log.*cursor=/ });
  await log(page).getByRole('button', { name: 'Show more' }).click();
  await log(page).getByRole('button', { name: 'Loading…' }).and(page.locator(':focus')).waitFor();
  release();
  await rows(page).nth(39).waitFor();
  expect(await rows(page).nth(0).innerText()).toContain('192.0.2.40');
  await log(page).getByRole('button', { name: 'Show more' }).click();
  await rows(page).nth(41).waitFor();
  await log(page)
    .getByRole('button', { name: /Show more|Loading/ })
    .waitFor({ state: 'detached' });
});
