import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { setUpHostedDashboard } from '../../helpers/browser/dashboard.ts';
import { failRequests, holdRequests } from '../../helpers/browser/interception.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import { createTestOrganization } from '../../helpers/server/organization.ts';
import type { TestPerson } from '../../helpers/server/sign-in.ts';

const dashboard = setUpHostedDashboard();

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Add app' });
const field = (page: Page, label: string) => dialog(page).getByLabel(label, { exact: true });
const submit = (page: Page) => dialog(page).getByRole('button', { name: 'Add app' });

async function openForm(person: TestPerson) {
  const visit = await dashboard.open('/', { cookie: person.cookie, allow: [/status of 4\d\d/] });
  await visit.page.getByRole('button', { name: 'Add app' }).click();
  await dialog(visit.page).waitFor();
  return visit;
}

/** A person who is the admin of one organization, Acme, and belongs to no other. */
async function createAdmin() {
  const person = await dashboard.signIn();
  await dashboard.server.query('delete from members where user_id = $1', [person.id]);
  return { person, acme: await createTestOrganization(dashboard.server, person) };
}

async function chooseOrganization(page: Page, name: string) {
  await page.getByRole('combobox', { name: 'Organization' }).click();
  await page.getByRole('option', { name }).click();
}

const listApps = async (person: TestPerson) =>
  (await asAdmin(dashboard.server, 'get', '/api/apps', person.cookie)).body.apps;

test('proposes an alias from the name until it is changed, and lets the server choose an empty one', async () => {
  const { person } = await createAdmin();
  const { page } = await openForm(person);
  await field(page, 'Name').and(page.locator(':focus')).fill('Crème Brûlée Shop');
  expect(await field(page, 'Alias').inputValue()).toBe('creme-brulee-shop');
  await field(page, 'Alias').fill('pudding');
  await field(page, 'Name').fill('Crème');
  expect(await field(page, 'Alias').inputValue()).toBe('pudding');
  await field(page, 'Alias').fill('');
  expect(await dialog(page).getByRole('combobox').count()).toBe(0);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/apps/creme/settings');
  await page.locator('h1:focus').getByText('App settings').waitFor();
  expect(await listApps(person)).toMatchObject([{ name: 'Crème', alias: 'creme', url: null }]);
});

test('shows each fault at its field, and adds nothing', async () => {
  const { person } = await createAdmin();
  const { page } = await openForm(person);
  await submit(page).click();
  await dialog(page)
    .getByText(/^Name /)
    .last()
    .waitFor();
  expect(await field(page, 'Name').getAttribute('aria-invalid')).toBe('true');
  await field(page, 'Name').fill('Shop');
  await field(page, 'URL').fill('shop.example.com');
  await field(page, 'Alias').fill('Not an alias');
  await submit(page).click();
  await dialog(page).getByText('URL must be an absolute http or https URL.').waitFor();
  await dialog(page).getByText('Alias must have 2 to 40 characters of a-z, 0-9 and -.').waitFor();
  expect(await field(page, 'Name').getAttribute('aria-invalid')).not.toBe('true');
  expect(await dialog(page).getByRole('alert').count()).toBe(0);
  expect(await listApps(person)).toEqual([]);
});

test('says at its field that an alias is taken', async () => {
  const { person } = await createAdmin();
  await asAdmin(dashboard.server, 'post', '/api/apps', person.cookie).send({ name: 'Taken', alias: 'taken' });
  const { page } = await openForm(person);
  await field(page, 'Name').fill('Another');
  await field(page, 'Alias').fill('taken');
  await submit(page).click();
  await dialog(page).getByText('Alias is taken by another app: choose another one.').waitFor();
  expect(await dialog(page).getByRole('alert').count()).toBe(0);
  await field(page, 'Alias').fill('taken-2');
  await submit(page).click();
  await page.waitForURL('**/apps/taken-2/settings');
});

test('asks an admin of several organizations for one, and proposes the chosen one', async () => {
  const { person } = await createAdmin();
  const other = await createTestOrganization(dashboard.server, person);
  await asAdmin(dashboard.server, 'patch', other.path, person.cookie).send({ name: 'Globex' });
  const third = await createTestOrganization(dashboard.server, person);
  await asAdmin(dashboard.server, 'patch', third.path, person.cookie).send({ name: 'Initech' });
  await dashboard.server.query(`update members set role = 'member' where organization_id = $1`, [third.id]);
  const { page } = await openForm(person);
  const choice = field(page, 'Organization');
  expect(await choice.locator('option').allInnerTexts()).toEqual(['Choose one', 'Acme', 'Globex']);
  await field(page, 'Name').fill('Chosen');
  await submit(page).click();
  await dialog(page)
    .getByText('Organization is required, since you belong to several organizations.')
    .waitFor();
  await choice.and(page.locator(':focus')).waitFor();
  expect(await choice.getAttribute('aria-invalid')).toBe('true');
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();

  await chooseOrganization(page, 'Globex');
  await page.getByRole('heading', { name: 'No apps in Globex yet' }).waitFor();
  await page.getByRole('button', { name: 'Add app' }).click();
  expect(await choice.locator('option:checked').innerText()).toBe('Globex');
  await field(page, 'Name').fill('Chosen');
  await submit(page).click();
  await page.waitForURL('**/apps/chosen/settings');
  expect(await listApps(person)).toMatchObject([{ alias: 'chosen', organization_id: other.id }]);

  // Where the person is no admin, the page says who is.
  await chooseOrganization(page, 'Initech');
  await page.getByText('Only admins of Initech can add apps.').waitFor();
  expect(await page.getByRole('button', { name: 'Add app' }).count()).toBe(0);
});

test('adds an app to the only organization that a member of several is an admin of', async () => {
  const { person, acme } = await createAdmin();
  const other = await createAdmin();
  await other.acme.invite(person.email, 'member');
  const { page } = await openForm(person);
  expect(await field(page, 'Organization').locator('option').allInnerTexts()).toEqual(['Acme']);
  await field(page, 'Name').fill('Mine alone');
  await submit(page).click();
  await page.waitForURL('**/apps/mine-alone/settings');
  expect(await listApps(person)).toMatchObject([{ alias: 'mine-alone', organization_id: acme.id }]);
});

test('shows that it adds the app or why it failed, and clears the form on Cancel', async () => {
  const { person } = await createAdmin();
  const visit = await openForm(person);
  const { page } = visit;
  const mend = await failRequests(visit, { method: 'POST', path: /\/api\/apps$/ });
  await field(page, 'Name').fill('Later');
  await submit(page).click();
  await dialog(page).getByRole('alert').getByText('The server does not answer.').waitFor();
  expect(await field(page, 'Name').inputValue()).toBe('Later');
  await mend();
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  await dialog(page).waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Add app' }).and(page.locator(':focus')).click();
  expect(await field(page, 'Name').inputValue()).toBe('');
  expect(await dialog(page).getByRole('alert').count()).toBe(0);
  await field(page, 'Name').fill('Later');
  const release = await holdRequests(visit, { method: 'POST', path: /\/api\/apps$/ });
  await submit(page).click();
  await dialog(page).getByRole('button', { name: 'Adding…' }).and(page.locator(':focus')).waitFor();
  // A second press adds no second one.
  await page.keyboard.press('Enter');
  release();
  await page.waitForURL('**/apps/later/settings');
  expect(await listApps(person)).toHaveLength(1);
});

test('tells a person without the role of admin who can add an app', async () => {
  const { person, acme } = await createAdmin();
  const viewer = await dashboard.signIn();
  await dashboard.server.query('delete from members where user_id = $1', [viewer.id]);
  await acme.invite(viewer.email, 'viewer');
  const { page } = await dashboard.open('/', { cookie: viewer.cookie });
  await page.getByText(`Only admins of Acme can add apps: ${person.email}.`).waitFor();
  expect(await page.getByRole('button', { name: 'Add app' }).count()).toBe(0);
  await page.getByRole('main').getByRole('link', { name: 'Acme' }).click();
  await page.getByRole('rowheader', { name: person.email }).waitFor();
});
