import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { failRequests, holdRequests, toProblem } from '../../helpers/browser/interception.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import type { TestApp } from '../../helpers/server/server.ts';

const dashboard = setUpDashboard();

const form = (page: Page) => page.getByRole('region', { name: 'App', exact: true });
const field = (page: Page, label: string) => form(page).getByLabel(label, { exact: true });
const save = (page: Page) => form(page).getByRole('button', { name: 'Save' });
const saved = (page: Page) => form(page).getByRole('status');
const APP = /\/api\/apps\/[^/]+$/;

async function openSettings(overrides = {}) {
  const app = await dashboard.server.createApp({ url: 'http://127.0.0.1:9', ...overrides });
  const visit = await dashboard.open(`/apps/${app.alias}/settings`, { allow: [/status of 4\d\d/] });
  await save(visit.page).waitFor();
  return { ...visit, app };
}

const readApp = async ({ id }: TestApp) => (await asAdmin(dashboard.server, 'get', `/api/apps/${id}`)).body;

test('saves only changed fields, so that two people do not undo each other’s changes', async () => {
  const { page, app } = await openSettings({ name: 'Before' });
  await asAdmin(dashboard.server, 'patch', `/api/apps/${app.id}`).send({ main_branch: 'trunk' });
  await field(page, 'Name').fill(' After ');
  await field(page, 'Repository').fill('https://github.com/octo-org/shop');
  await save(page).click();
  await saved(page).getByText('Saved.').waitFor();
  expect(await readApp(app)).toMatchObject({
    name: 'After',
    main_branch: 'trunk',
    url: 'http://127.0.0.1:9',
    repository_url: 'https://github.com/octo-org/shop',
  });
  // The new values are shown wherever they are used.
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'After' }).waitFor();
  await page.getByRole('link', { name: 'Add an Actions secret on GitHub' }).waitFor();
  await field(page, 'Name').fill('Later');
  expect(await saved(page).innerText()).toBe('');
});

test('clears URL and repository', async () => {
  const { page, app } = await openSettings();
  await asAdmin(dashboard.server, 'patch', `/api/apps/${app.id}`).send({
    repository_url: 'https://github.com/octo-org/shop',
  });
  await page.reload();
  await page.getByRole('link', { name: 'Add an Actions secret on GitHub' }).waitFor();
  await field(page, 'URL').fill('');
  await field(page, 'Repository').fill('');
  await save(page).click();
  await saved(page).getByText('Saved.').waitFor();
  expect(await readApp(app)).toMatchObject({ url: null, repository_url: null });
  await page.getByText("With the repository's address set below, a link stands here.").waitFor();
});

test('shows each fault at its field, and saves nothing', async () => {
  const { page, app } = await openSettings({ name: 'Kept' });
  const faults = {
    Name: ['', 'Name must not be empty.'],
    URL: ['ftp://example.com', 'URL must be an absolute http or https URL.'],
    Alias: ['A', 'Alias must have 2 to 40 characters of a-z, 0-9 and -.'],
    'Main branch': ['', 'Main branch must not be empty.'],
    Repository: ['octo-org/shop', 'Repository must be an absolute http or https URL.'],
  } as const;
  for (const [label, [value]] of Object.entries(faults)) {
    await field(page, label).fill(value);
  }
  await save(page).click();
  for (const [label, [, text]] of Object.entries(faults)) {
    await form(page).getByText(text).waitFor();
    expect(await field(page, label).getAttribute('aria-invalid')).toBe('true');
  }
  expect(await form(page).getByRole('alert').count()).toBe(0);
  expect(await readApp(app)).toMatchObject({ name: 'Kept', alias: app.alias, main_branch: 'main' });
});

test('moves to the address of a new alias, and Back leads to the page before', async () => {
  const { page, app, goTo } = await openSettings();
  await goTo('/');
  await page.getByRole('link', { name: 'Apps' }).waitFor();
  await goTo(`/apps/${app.alias}/settings`);
  const taken = await dashboard.server.createApp();
  await field(page, 'Alias').fill(taken.alias);
  await save(page).click();
  await form(page).getByText('Alias is taken by another app: choose another one.').waitFor();
  const alias = `${app.alias}-renamed`;
  await field(page, 'Alias').fill(alias);
  await save(page).click();
  await page.waitForURL(`**/apps/${alias}/settings`);
  await saved(page).getByText('Saved.').waitFor();
  await page.getByText(`app-id: ${alias}`).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'Apps', level: 1 }).waitFor();
});

test('shows that it saves, and why it failed', async () => {
  const { app, ...visit } = await openSettings();
  const { page } = visit;
  const problem = toProblem(503, 'Out of order', 'Come back later.');
  const mend = await failRequests(visit, { method: 'PATCH', path: APP }, problem);
  await field(page, 'Name').fill('Changed');
  await save(page).click();
  expect(await form(page).getByRole('alert').innerText()).toContain('Out of order. Come back later.');
  expect(await field(page, 'Name').inputValue()).toBe('Changed');
  await mend();
  const release = await holdRequests(visit, { method: 'PATCH', path: APP });
  await field(page, 'Name').press('Enter');
  await form(page).getByRole('button', { name: 'Saving…' }).waitFor();
  release();
  await saved(page).getByText('Saved.').waitFor();
  expect(await form(page).getByRole('alert').count()).toBe(0);
  expect(await readApp(app)).toMatchObject({ name: 'Changed' });
});

test('deletes an app after a confirmation, and lists it no more', async () => {
  const { page, app } = await openSettings({ name: 'Short-lived' });
  await page.getByRole('button', { name: 'Delete app' }).click();
  const dialog = page.getByRole('alertdialog', { name: 'Delete Short-lived?' });
  await dialog.getByText('This cannot be undone.').waitFor();
  await dialog.getByRole('button', { name: 'Keep as it is' }).click();
  await dialog.waitFor({ state: 'hidden' });
  expect(await readApp(app)).toMatchObject({ name: 'Short-lived' });
  await page.getByRole('button', { name: 'Delete app' }).click();
  await dialog.getByRole('button', { name: 'Delete app' }).click();
  await page.locator('h1:focus').getByText('Apps').waitFor();
  await page.getByRole('link', { name: 'Short-lived' }).waitFor({ state: 'detached' });
  expect(await readApp(app)).toMatchObject({ code: 'app_not_found' });
  await page.goBack();
  await page.getByRole('alert').filter({ hasText: 'No such app.' }).waitFor();
});
