import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { setUpHostedDashboard } from '../../helpers/browser/dashboard.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import { insertCheck } from '../../helpers/server/checks.ts';
import { createTestOrganization } from '../../helpers/server/organization.ts';
import type { TestPerson } from '../../helpers/server/sign-in.ts';

const dashboard = setUpHostedDashboard();

const search = (page: Page) => page.getByLabel('Search by name, alias or URL');
const names = (page: Page) => page.getByRole('rowheader').getByRole('link').allInnerTexts();
/** The router changes what a page shows a moment after its address. */
async function expectNames(page: Page, expected: readonly string[]) {
  const last = page.getByRole('rowheader').nth(expected.length - 1);
  await page
    .getByRole('rowheader')
    .first()
    .getByRole('link', { name: expected[0] ?? '', exact: true })
    .waitFor();
  await last.getByRole('link', { name: expected.at(-1) ?? '', exact: true }).waitFor();
  expect(await names(page)).toEqual(expected);
}
const head = (page: Page, name: string) => page.getByRole('columnheader', { name });
const address = (page: Page) => new URL(page.url()).search;
const choice = (page: Page) => page.getByRole('combobox', { name: 'Organization', exact: true });

async function createApp({ cookie }: TestPerson, fields: object): Promise<{ id: string; alias: string }> {
  return (await asAdmin(dashboard.server, 'post', '/api/apps', cookie).send(fields)).body;
}

async function createApps(person: TestPerson, organizationId?: string) {
  const ofOrganization = organizationId !== undefined && { organization_id: organizationId };
  const shop = await createApp(person, { name: 'shop 10', url: 'https://tea.example', ...ofOrganization });
  const blog = await createApp(person, { name: 'Shop 9', ...ofOrganization });
  const press = await createApp(person, { name: 'Press', alias: `news-${shop.alias}`, ...ofOrganization });
  const metadata = { branch: 'main' };
  await insertCheck(dashboard.server, shop, { metadata, minutesAgo: 30 });
  await insertCheck(dashboard.server, blog, { metadata, minutesAgo: 20, conclusion: 'failure' });
  await insertCheck(dashboard.server, shop, { minutesAgo: 10 });
  return { shop, blog, press };
}

test('searches by name, alias and URL, and keeps the search in the address', async () => {
  const person = await dashboard.signIn();
  const { shop } = await createApps(person);
  const { page } = await dashboard.open('/?q=SHOP+tea', { cookie: person.cookie });
  await page.getByRole('rowheader').waitFor();
  await expectNames(page, ['shop 10']);
  expect(await search(page).inputValue()).toBe('SHOP tea');
  await page.getByRole('status').filter({ hasText: '1 of 3 apps match the search.' }).waitFor();
  await search(page).fill(`news-${shop.alias}`);
  await page.waitForURL(`**/?q=news-${shop.alias}`);
  await expectNames(page, ['Press']);
  await search(page).fill('nothing');
  await page.getByText('No app matches the search.').waitFor();
  await page.getByRole('button', { name: 'Show all apps' }).click();
  await search(page).and(page.locator(':focus')).waitFor();
  await expectNames(page, ['Press', 'Shop 9', 'shop 10']);
  await page.waitForURL((url) => url.search === '');
  // The link of the navigation clears a search.
  await search(page).fill('press');
  await page.waitForURL('**/?q=press');
  await page.getByRole('link', { name: 'Apps' }).click();
  await page.waitForURL((url) => url.search === '');
  await expectNames(page, ['Press', 'Shop 9', 'shop 10']);
  expect(await search(page).inputValue()).toBe('');
});

test('sorts by name, main branch and last check, and keeps the order in the address', async () => {
  const person = await dashboard.signIn();
  await createApps(person);
  const { page } = await dashboard.open('/', { cookie: person.cookie });
  await page.getByRole('rowheader').first().waitFor();
  // Numbers in names count as numbers.
  await expectNames(page, ['Press', 'Shop 9', 'shop 10']);
  expect(await head(page, 'App').getAttribute('aria-sort')).toBe('ascending');

  const press = async (name: string) => head(page, name).getByRole('button').press('Enter');
  await press('Main branch');
  await expectNames(page, ['Shop 9', 'shop 10', 'Press']);
  expect([await head(page, 'Main branch').getAttribute('aria-sort'), address(page)]).toEqual([
    'ascending',
    '?sort=state',
  ]);
  expect(await head(page, 'App').getAttribute('aria-sort')).toBeNull();
  await press('Main branch');
  await expectNames(page, ['Press', 'shop 10', 'Shop 9']);
  await press('Last check');
  await expectNames(page, ['shop 10', 'Shop 9', 'Press']);
  expect([await head(page, 'Last check').getAttribute('aria-sort'), address(page)]).toEqual([
    'descending',
    '?sort=last_check',
  ]);
  await press('App');
  await expectNames(page, ['Press', 'Shop 9', 'shop 10']);
  await press('App');
  await expectNames(page, ['shop 10', 'Shop 9', 'Press']);
  expect(address(page)).toBe('?order=descending');

  // On a narrow screen the table has no heads: the order is a field.
  await page.setViewportSize({ width: 360, height: 800 });
  expect(await page.getByRole('columnheader').filter({ visible: true }).count()).toBe(0);
  await page.getByLabel('Sort by').selectOption('Last check, oldest first');
  await expectNames(page, ['Press', 'Shop 9', 'shop 10']);
  await page.reload();
  await page.getByRole('rowheader').first().waitFor();
  await expectNames(page, ['Press', 'Shop 9', 'shop 10']);
});

test('shows the apps of the chosen organization, which this browser remembers', async () => {
  const person = await dashboard.signIn();
  await dashboard.server.query('delete from members where user_id = $1', [person.id]);
  const acme = await createTestOrganization(dashboard.server, person);
  const own = await createApps(person, acme.id);
  const visit = await dashboard.open('/', { cookie: person.cookie });
  const { page } = visit;
  await page.getByRole('rowheader').first().waitFor();
  expect(await choice(page).count()).toBe(0);
  expect(await page.getByRole('rowheader').getByText('Acme').count()).toBe(0);

  const globex = await createTestOrganization(dashboard.server, person);
  await asAdmin(dashboard.server, 'patch', globex.path, person.cookie).send({ name: 'Globex' });
  const other = await createApp(person, { name: 'Other', organization_id: globex.id });
  await page.reload();
  await choice(page).getByText('All organizations').waitFor();
  await page.getByRole('rowheader', { name: 'Other' }).getByText('Globex').waitFor();
  expect(await page.getByRole('rowheader').getByText('Acme').count()).toBe(3);

  await choice(page).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('option', { name: 'All organizations' }).and(page.locator(':focus')).waitFor();
  expect(await page.getByRole('option').allTextContents()).toEqual(['All organizations✓', 'Acme', 'Globex']);
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await choice(page).and(page.locator(':focus')).getByText('Globex').waitFor();
  await expectNames(page, ['Other']);
  // Nobody needs to be told the organization of each row now.
  expect(await page.getByRole('rowheader').getByText('Globex').count()).toBe(0);
  await page.reload();
  await page.getByRole('rowheader').first().waitFor();
  await expectNames(page, ['Other']);

  // A link to an app of another organization works, says which one it is of, and switches nothing.
  await visit.goTo(`/apps/${own.shop.alias}`);
  await page.getByRole('heading', { level: 1, name: 'shop 10' }).waitFor();
  await page
    .getByRole('main')
    .getByRole('definition')
    .filter({ hasText: /^Acme$/ })
    .waitFor();
  expect(await choice(page).innerText()).toContain('Globex');
  await choice(page).click();
  await page.getByRole('option', { name: 'Acme' }).click();
  await page.getByRole('heading', { level: 1, name: 'Apps' }).waitFor();
  expect(await names(page)).toHaveLength(3);

  // One that the person has left counts as none.
  await dashboard.server.query('delete from members where user_id = $1 and organization_id = $2', [
    person.id,
    acme.id,
  ]);
  await page.reload();
  await page.getByRole('rowheader', { name: other.alias }).waitFor();
  expect(await choice(page).count()).toBe(0);
});

test('works in a browser that forbids storage', async () => {
  const person = await dashboard.signIn();
  const globex = await createTestOrganization(dashboard.server, person);
  await createApp(person, { name: 'Other', organization_id: globex.id });
  const { page, goTo, context } = await dashboard.open('/sign-in', { cookie: person.cookie });
  await context.addInitScript({
    content: `for (const name of ['getItem', 'setItem', 'removeItem'])
      Storage.prototype[name] = () => { throw new DOMException('denied', 'SecurityError'); };`,
  });
  await goTo('/');
  await choice(page).click();
  await page.getByRole('option', { name: 'Acme' }).click();
  await page.getByRole('rowheader', { name: 'Other' }).waitFor();
  expect(await choice(page).innerText()).toContain('Acme');
});
