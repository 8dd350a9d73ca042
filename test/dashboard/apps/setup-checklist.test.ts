import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { passTimeUntil, setUpHostedDashboard } from '../../helpers/browser/dashboard.ts';
import { failRequests } from '../../helpers/browser/interception.ts';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import { insertCheck } from '../../helpers/server/checks.ts';
import { createTestOrganization } from '../../helpers/server/organization.ts';

const dashboard = setUpHostedDashboard();

const checklist = (page: Page) => page.getByRole('group').filter({ hasText: 'First steps' });
const step = (page: Page, title: string) => checklist(page).getByRole('listitem').filter({ hasText: title });

async function createApp() {
  const admin = await dashboard.signIn();
  await dashboard.server.query('delete from members where user_id = $1', [admin.id]);
  const acme = await createTestOrganization(dashboard.server, admin);
  const { body: app } = await asAdmin(dashboard.server, 'post', '/api/apps', admin.cookie).send({
    name: 'New',
    repository_url: 'https://github.com/octo-org/shop.git',
  });
  return { admin, acme, app };
}

test('tells an admin the next step of a new app until all are done', async () => {
  const { admin, app } = await createApp();
  const visit = await dashboard.open(`/apps/${app.alias}`, { cookie: admin.cookie, hasClock: true });
  const { page } = visit;
  await checklist(page).getByText('1 of 4 done').waitFor();
  await step(page, 'Add the app').getByText(': done').waitFor();
  const key = step(page, 'Store its API key in CI');
  await key.getByRole('link', { name: 'Generate the API key' }).click();
  await page.getByRole('button', { name: 'Generate API key' }).waitFor();
  const { body: made } = await asAdmin(dashboard.server, 'post', `/api/apps/${app.id}/api-key`, admin.cookie);
  await page.goBack();
  await key.getByRole('link', { name: 'Store the key as a secret' }).waitFor();
  await withKey(dashboard.server, { ...app, apiKey: made.api_key }, 'get');
  await passTimeUntil(visit, checklist(page).getByText('2 of 4 done'));
  expect(await key.getByRole('link').count()).toBe(0);
  await step(page, 'Run the first check from CI').getByRole('link', { name: 'Open the workflow' }).waitFor();
  await insertCheck(dashboard.server, app, { metadata: { branch: 'main' } });
  await passTimeUntil(visit, checklist(page).getByText('3 of 4 done'));
  const pull = step(page, 'Check a pull request').getByRole('link', { name: 'Open a pull request' });
  expect(await pull.getAttribute('href')).toBe('https://github.com/octo-org/shop/compare');

  // Whoever needs no more of it closes it, and this browser remembers that.
  const summary = checklist(page).locator('summary');
  await summary.focus();
  await page.keyboard.press('Enter');
  await pull.waitFor({ state: 'hidden' });
  await page.reload();
  await summary.getByText('3 of 4 done').waitFor();
  expect(await pull.isVisible()).toBe(false);
  await summary.click();
  await pull.waitFor();

  await insertCheck(dashboard.server, app, { metadata: { branch: 'feature', pull_request_id: '7' } });
  await passTimeUntil(visit, page.getByRole('row').filter({ hasText: 'feature' }));
  await checklist(page).waitFor({ state: 'detached' });
});

test('tells a viewer who takes the step that takes an admin', async () => {
  const { admin, acme, app } = await createApp();
  const viewer = await dashboard.signIn();
  await acme.invite(viewer.email, 'viewer');
  const visit = await dashboard.open(`/apps/${app.alias}`, { cookie: viewer.cookie });
  const { page } = visit;
  const key = step(page, 'Store its API key in CI');
  await key.getByText(`Only admins of Acme can generate it: ${admin.email}.`).waitFor();
  expect(await key.getByRole('link').allInnerTexts()).toEqual(['Acme']);
  await page.getByText('The first one shows up here.').waitFor();

  // An answer that never comes takes nothing from the rest of the page.
  await failRequests(visit, { path: /\/setup$/ });
  await page.reload();
  await page.getByRole('heading', { name: 'No checks yet' }).waitFor();
  expect(await checklist(page).count()).toBe(0);
});
