import { beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { passTimeUntil, setUpHostedDashboard } from '../../helpers/browser/dashboard.ts';
import { failRequests, holdRequests, toProblem } from '../../helpers/browser/interception.ts';
import { createTestOrganization, type TestOrganization } from '../../helpers/server/organization.ts';
import type { TestPerson } from '../../helpers/server/sign-in.ts';

const dashboard = setUpHostedDashboard();
let admin: TestPerson;
let organization: TestOrganization;

beforeAll(async () => {
  admin = await dashboard.signIn();
  organization = await createTestOrganization(dashboard.server, admin);
});

const path = () => `/organization?organization=${organization.id}`;
const openPage = (options = {}) => dashboard.open(path(), { cookie: admin.cookie, ...options });
const row = (page: Page, email: string) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: email }) });
const dialog = (page: Page) => page.getByRole('alertdialog');
const MEMBERS = /\/members$/;
const MEMBER = /\/members\/[^/]+$/;
const OUT_OF_ORDER = toProblem(503, 'Out of order', 'Come back later.');

async function addMember(role: string): Promise<TestPerson> {
  const person = await dashboard.signIn();
  await organization.invite(person.email, role);
  return person;
}

test('lists the members with their roles and since when, and marks the person who reads', async () => {
  const viewer = await addMember('viewer');
  const { page } = await dashboard.open(path(), { cookie: viewer.cookie });
  await row(page, viewer.email).waitFor();
  expect(await row(page, viewer.email).innerText()).toMatch(/you\s+Viewer\s+[A-Z][a-z]{2} \d+, \d{4}/);
  expect(await row(page, admin.email).innerText()).not.toMatch(/\byou\b/);
  expect(await page.getByRole('columnheader', { name: 'Remove' }).count()).toBe(0);
});

test('shows why members could not be read, and reads them after “Try again”', async () => {
  const visit = await dashboard.open('/', { cookie: admin.cookie, hasClock: true });
  const { page } = visit;
  await page.getByRole('heading', { name: 'Apps', level: 1 }).waitFor();
  const mend = await failRequests(visit, { path: MEMBERS }, OUT_OF_ORDER);
  await visit.goTo(path());
  await passTimeUntil(visit, page.getByRole('alert'));
  expect(await page.getByRole('alert').innerText()).toContain('Out of order. Come back later.');
  expect(await page.getByRole('table', { name: /Members of/ }).count()).toBe(0);
  await mend();
  await page.getByRole('button', { name: 'Try again' }).click();
  await row(page, admin.email).waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('shows a new member without a reload', async () => {
  const visit = await openPage({ hasClock: true });
  await row(visit.page, admin.email).waitFor();
  const someone = await addMember('member');
  await passTimeUntil(visit, row(visit.page, someone.email));
});

test('restores a role that could not be changed, and says why', async () => {
  const someone = await addMember('viewer');
  const visit = await openPage();
  const { page } = visit;
  const choice = page.getByLabel(`Role of ${someone.email}`);
  const mend = await failRequests(visit, { method: 'PATCH', path: MEMBER }, OUT_OF_ORDER);
  await choice.selectOption('Admin');
  await page.getByRole('alert').getByText('Come back later.').waitFor();
  expect(await choice.inputValue()).toBe('viewer');
  expect(await organization.readRole(someone)).toBe('viewer');
  await mend();
  await choice.selectOption('Member');
  await page.getByText(`${someone.email} is a member now.`).waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('keeps the last of two quick choices of a role', async () => {
  const someone = await addMember('viewer');
  const visit = await openPage();
  const { page } = visit;
  const choice = page.getByLabel(`Role of ${someone.email}`);
  const release = await holdRequests(visit, { method: 'PATCH', path: MEMBER });
  await choice.selectOption('Admin');
  await choice.selectOption('Member');
  expect(await choice.inputValue()).toBe('member');
  release();
  await page.getByText(`${someone.email} is a member now.`).waitFor();
  expect(await organization.readRole(someone)).toBe('member');
});

test('asks before it removes a member, says why it failed, and focuses the heading after it', async () => {
  const someone = await addMember('viewer');
  const visit = await openPage();
  const { page } = visit;
  const remove = page.getByRole('button', { name: `Remove ${someone.email}` });
  await remove.click();
  await dialog(page).getByText('Their access to Acme and its apps ends at once.').waitFor();
  await page.keyboard.press('Escape');
  await remove.and(page.locator(':focus')).waitFor();
  const mend = await failRequests(visit, { method: 'DELETE', path: MEMBER }, OUT_OF_ORDER);
  await remove.click();
  await dialog(page).getByRole('button', { name: 'Remove', exact: true }).click();
  await dialog(page).getByRole('alert').getByText('Come back later.').waitFor();
  expect(await organization.readRole(someone)).toBe('viewer');
  await mend();
  await dialog(page).getByRole('button', { name: 'Remove', exact: true }).click();
  await row(page, someone.email).waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: 'Members' }).and(page.locator(':focus')).waitFor();
  await page.getByRole('status').getByText(`${someone.email} was removed from Acme.`).waitFor();
  expect(await organization.readRole(someone)).toBeUndefined();
});

test('asks an admin before they give up the role', async () => {
  const second = await addMember('admin');
  const { page } = await openPage({ cookie: second.cookie });
  const choice = page.getByLabel(`Role of ${second.email}`);
  await choice.selectOption('Viewer');
  await dialog(page)
    .getByText('You will be a viewer of Acme. Only another admin can make you admin again.')
    .waitFor();
  await dialog(page).getByRole('button', { name: 'Keep as it is' }).click();
  await dialog(page).waitFor({ state: 'hidden' });
  expect(await choice.inputValue()).toBe('admin');
  expect(await organization.readRole(second)).toBe('admin');

  await choice.selectOption('Viewer');
  await dialog(page).getByRole('button', { name: 'Change my role' }).click();
  await page.getByText(`Ask ${admin.email}.`).waitFor();
  await dialog(page).waitFor({ state: 'hidden' });
  await page.getByRole('heading', { name: 'Members' }).and(page.locator(':focus')).waitFor();
  expect(await choice.count()).toBe(0);
  expect(await organization.readRole(second)).toBe('viewer');
});
