import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import type { TestApp } from '../../helpers/server/server.ts';

const dashboard = setUpDashboard();
const VALUE = 'correct horse battery staple';

const section = (page: Page) => page.getByRole('region', { name: 'Secrets' });
const rows = (page: Page) =>
  section(page)
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader') });

async function openSettings(options = {}) {
  const app = await dashboard.server.createApp({ url: 'http://127.0.0.1:9/' });
  const visit = await dashboard.open(`/apps/${app.alias}/settings`, options);
  await section(visit.page).waitFor();
  return { app, ...visit };
}

async function store(page: Page, name: string, value = VALUE): Promise<void> {
  await section(page).getByLabel("Secret's name").fill(name);
  await section(page).getByLabel('Value').fill(value);
  await section(page).getByRole('button', { name: 'Store secret' }).click();
}

const use = (app: TestApp, name: string) =>
  asAdmin(dashboard.server, 'put', `/api/apps/${app.id}/check-settings`).send({
    headers: { 'x-token': `{{${name}}}` },
  });

test('stores a secret, and keeps its value nowhere on the page', async () => {
  const { app, page } = await openSettings();
  await store(page, 'STAGING_PASSWORD');
  await section(page).getByText('Stored.', { exact: true }).waitFor();
  await rows(page).filter({ hasText: 'STAGING_PASSWORD' }).waitFor();
  expect(await section(page).getByLabel('Value').inputValue()).toBe('');
  expect(await page.content()).not.toContain(VALUE);
  const { body } = await asAdmin(dashboard.server, 'get', `/api/apps/${app.id}/secrets`);
  expect(body.secrets).toMatchObject([{ name: 'STAGING_PASSWORD', used_in: [] }]);
  expect(JSON.stringify(body)).not.toContain(VALUE);

  // A second value under the same name replaces the first, so the page asks.
  await store(page, 'STAGING_PASSWORD', 'another value');
  const question = page.getByRole('alertdialog', { name: 'Replace the value of STAGING_PASSWORD?' });
  await question.getByRole('button', { name: 'Keep as it is' }).click();
  await question.waitFor({ state: 'hidden' });
  expect(await section(page).getByLabel('Value').inputValue()).toBe('another value');
  await section(page).getByRole('button', { name: 'Store secret' }).click();
  await question.getByRole('button', { name: 'Replace value' }).click();
  await question.waitFor({ state: 'hidden' });
  await section(page).getByText('Stored.', { exact: true }).waitFor();
  expect(await section(page).getByLabel('Value').inputValue()).toBe('');
  expect(await page.content()).not.toContain('another value');
});

test('says what is wrong with a name', async () => {
  const { page } = await openSettings({ allow: [/status of 400/] });
  await store(page, 'lower case');
  await section(page)
    .getByText(/^Secret's name must have 1 to 100 characters of A-Z/)
    .waitFor();
  expect(await page.locator(':focus').getAttribute('name')).toBe('name');
});

test('does not remove a secret that is used, and says where it is', async () => {
  const { app, page, goTo } = await openSettings({ allow: [/status of 409/] });
  await store(page, 'TOKEN');
  await rows(page).filter({ hasText: 'TOKEN' }).waitFor();
  expect((await use(app, 'TOKEN')).status).toBe(200);
  await goTo(`/apps/${app.alias}/settings`);
  await rows(page).filter({ hasText: 'Headers: x-token' }).waitFor();
  await section(page).getByRole('button', { name: 'Remove TOKEN' }).click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByText('The check settings use it (Headers: x-token): take it out there first.').waitFor();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await dialog.getByRole('alert').getByText('The secret is in use. The check settings use it.').waitFor();
  await dialog.getByRole('button', { name: 'Keep as it is' }).click();
  expect(await rows(page).count()).toBe(1);
});

test('removes a secret after a question, and the audit log names it', async () => {
  const { page } = await openSettings();
  await store(page, 'OLD_TOKEN');
  await section(page).getByRole('button', { name: 'Remove OLD_TOKEN' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await rows(page).waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: 'Secrets' }).and(page.locator(':focus')).waitFor();
  const log = page.getByRole('region', { name: 'Audit log' });
  await log.getByText('OLD_TOKEN').nth(1).waitFor();
});
