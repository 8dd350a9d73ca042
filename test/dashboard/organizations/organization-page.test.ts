import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { setUpHostedDashboard } from '../../helpers/browser/dashboard.ts';
import { failRequests, holdRequests, toProblem } from '../../helpers/browser/interception.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import { createTestOrganization } from '../../helpers/server/organization.ts';

const dashboard = setUpHostedDashboard();

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const OUT_OF_ORDER = toProblem(503, 'Out of order', 'Come back later.');
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

/** A person who belongs to one organization, Acme, and to none of their own. */
async function createPerson() {
  const person = await dashboard.signIn();
  const { body: me } = await asAdmin(dashboard.server, 'get', '/api/me', person.cookie);
  for (const { id } of me.organizations) {
    await dashboard.server.query('delete from organizations where id = $1', [id]);
  }
  const acme = await createTestOrganization(dashboard.server, person);
  return { person, acme };
}

test('creates an organization with a name, and opens its page', async () => {
  const { person, acme } = await createPerson();
  const visit = await dashboard.open('/organization', { cookie: person.cookie, allow: [/status of 400/] });
  const { page } = visit;
  await heading(page, 'Acme').waitFor();
  expect(await page.getByRole('combobox', { name: 'Organization' }).count()).toBe(0);
  await button(page, 'New organization').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('It has apps and members of its own. You are its admin.').waitFor();
  await button(page, 'Create organization').click();
  await dialog.getByText('Name must not be empty.').waitFor();
  const name = dialog.getByLabel('Name').and(page.locator(':focus'));
  await name.fill('x'.repeat(101));
  await page.keyboard.press('Enter');
  await dialog.getByText(/^Name .*100/).waitFor();
  await name.fill('Globex');
  const release = await holdRequests(visit, { method: 'POST', path: /\/api\/organizations$/ });
  await page.keyboard.press('Enter');
  await button(page, 'Creating…').waitFor();
  release();
  await heading(page, 'Globex').waitFor();
  await dialog.waitFor({ state: 'hidden' });

  // Now there are two to choose from, and the new one is chosen. The page follows the choice.
  const choice = page.getByRole('combobox', { name: 'Organization', exact: true });
  await choice.getByText('Globex').waitFor();
  await choice.press('Enter');
  await page.getByRole('option', { name: 'Acme' }).press('Enter');
  await heading(page, 'Acme').waitFor();
  await choice.and(page.locator(':focus')).waitFor();
  await choice.press('Enter');
  await page.getByRole('option', { name: 'All organizations' }).click();
  await heading(page, 'Organizations').waitFor();
  expect(await page.getByRole('rowheader').allInnerTexts()).toEqual(['Acme', 'Globex']);
  // A link to one of them shows that one, and chooses nothing.
  await page.getByRole('link', { name: 'Acme' }).click();
  await heading(page, 'Acme').waitFor();
  expect(new URL(page.url()).searchParams.get('organization')).toBe(acme.id);
  expect(await choice.innerText()).toContain('All organizations');
});

test('shows why an organization was not created, and keeps the typed name', async () => {
  const { person } = await createPerson();
  const visit = await dashboard.open('/organization', { cookie: person.cookie });
  const { page } = visit;
  await failRequests(visit, { method: 'POST', path: /\/api\/organizations$/ }, OUT_OF_ORDER);
  await button(page, 'New organization').click();
  await page.getByRole('dialog').getByLabel('Name').fill('Globex');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('alert').getByText('Come back later.').waitFor();
  expect(await page.getByRole('dialog').getByLabel('Name').inputValue()).toBe('Globex');
});

test('renames an organization, and says so until the next change', async () => {
  const { person } = await createPerson();
  const visit = await dashboard.open('/organization', { cookie: person.cookie, allow: [/status of 400/] });
  const { page } = visit;
  const form = page.getByRole('region', { name: 'Rename this organization' });
  const name = form.getByLabel('Name');
  const status = form.getByRole('status');
  await name.fill(' ');
  await button(page, 'Save').click();
  await form.getByText('Name must not be empty.').waitFor();
  await name.and(page.locator(':focus')).waitFor();
  const mend = await failRequests(
    visit,
    { method: 'PATCH', path: /\/api\/organizations\/[^/]+$/ },
    OUT_OF_ORDER,
  );
  await name.fill('Globex');
  await button(page, 'Save').click();
  await form.getByRole('alert').getByText('Come back later.').waitFor();
  await heading(page, 'Acme').waitFor();
  await mend();
  await button(page, 'Save').click();
  await status.getByText('Saved.').waitFor();
  await heading(page, 'Globex').waitFor();
  await name.fill('Globex and ');
  expect(await status.innerText()).toBe('');
});

test('offers the own organizations at the address of another one', async () => {
  const { person } = await createPerson();
  const { page } = await dashboard.open(`/organization?organization=${UNKNOWN_ID}`, {
    cookie: person.cookie,
  });
  await heading(page, 'Organization').waitFor();
  await page.getByRole('heading', { name: 'You do not belong to this organization' }).waitFor();
  await page.getByText(`Ask an admin to invite ${person.email}, or open one of yours.`).waitFor();
  await page.getByRole('table', { name: 'Your organizations' }).getByRole('link', { name: 'Acme' }).click();
  await heading(page, 'Acme').waitFor();
});

test('tells a person without an organization how to get one', async () => {
  const { person, acme } = await createPerson();
  await dashboard.server.query('delete from organizations where id = $1', [acme.id]);
  const { page } = await dashboard.open('/organization', { cookie: person.cookie });
  await page.getByRole('heading', { name: 'You belong to no organization' }).waitFor();
  await page.getByText('make one of your own with “New organization”').waitFor();
  expect(await page.getByRole('combobox', { name: 'Organization' }).count()).toBe(0);
  await button(page, 'New organization').click();
  await page.getByRole('dialog').getByLabel('Name').fill('Mine');
  await page.keyboard.press('Enter');
  await heading(page, 'Mine').waitFor();
  await page.getByRole('heading', { name: 'Members' }).waitFor();
});

test('explains the roles', async () => {
  const { person } = await createPerson();
  const { page } = await dashboard.open('/organization', { cookie: person.cookie });
  const roles = page.getByRole('region', { name: 'What the roles may do' });
  await roles.waitFor();
  expect(await roles.getByRole('term').allInnerTexts()).toEqual(['Viewer', 'Member', 'Admin']);
});

test('fits a long name on a narrow screen', async () => {
  const { person, acme } = await createPerson();
  const name = `${'Very-long-name-without-spaces-'.repeat(3)}Ltd`;
  await asAdmin(dashboard.server, 'patch', acme.path, person.cookie).send({ name });
  const { page } = await dashboard.open('/organization', { cookie: person.cookie, width: 360 });
  await heading(page, name).waitFor();
  await page.getByRole('row').nth(1).waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
});
