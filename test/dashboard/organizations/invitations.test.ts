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
});

/** Opens the page of an organization that has no invitations yet. */
async function openNew(options = {}) {
  organization = await createTestOrganization(dashboard.server, admin);
  const visit = await dashboard.open(`/organization?organization=${organization.id}`, {
    cookie: admin.cookie,
    ...options,
  });
  await section(visit.page).getByText('No invitation waits.').waitFor();
  return visit;
}

const section = (page: Page) => page.getByRole('region', { name: 'Invitations' });
const invite = (page: Page) => page.getByRole('button', { name: 'Invite', exact: true });
const email = (page: Page) => section(page).getByLabel('Email');
const row = (page: Page, address: string) =>
  section(page)
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: address }) });
const INVITATIONS = /\/invitations$/;
const OUT_OF_ORDER = toProblem(503, 'Out of order', 'Come back later.');

test('lists a pending invitation with its role, its sender and its expiry', async () => {
  const { page } = await openNew();
  await email(page).fill('Waiting@Example.com');
  await section(page).getByLabel('Role').selectOption('Admin');
  await section(page).getByLabel('Role').press('Tab');
  await invite(page).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Enter');
  const status = section(page).getByRole('status');
  await status.getByText('The invitation of waiting@example.com waits until they sign in here.').waitFor();
  await section(page).getByRole('button', { name: 'Copy the address of this server' }).waitFor();
  const code = section(page).getByRole('region', { name: 'the address of this server' });
  expect(await code.innerText()).toBe(dashboard.server.url.replace('127.0.0.1', 'localhost'));
  await row(page, 'waiting@example.com').waitFor();
  expect(await row(page, 'waiting@example.com').innerText()).toMatch(
    new RegExp(`invited by ${admin.email}\\s+Admin\\s+[A-Z][a-z]{2} \\d+, \\d{4}`),
  );
  // The form is as it was, for the next one.
  expect([await email(page).inputValue(), await section(page).getByLabel('Role').inputValue()]).toEqual([
    '',
    'member',
  ]);
});

test('shows a wrong address at its field, and focuses it', async () => {
  const { page } = await openNew({ allow: [/status of 400/] });
  for (const address of ['', 'nonsense']) {
    await email(page).fill(address);
    await invite(page).click();
    await section(page).getByText('Email must be an email address.').waitFor();
    await email(page).and(page.locator(':focus')).waitFor();
    expect(await email(page).getAttribute('aria-invalid')).toBe('true');
  }
  expect(await section(page).getByRole('alert').count()).toBe(0);
  await email(page).fill('right@example.com');
  await invite(page).click();
  await row(page, 'right@example.com').waitFor();
  expect(await section(page).getByText('must be an email address').count()).toBe(0);
});

test('does not invite a member, and says what to do instead', async () => {
  const { page } = await openNew({ allow: [/status of 409/] });
  await email(page).fill(admin.email);
  await invite(page).click();
  expect(await section(page).getByRole('alert').innerText()).toBe(
    'Already a member. This address already belongs to a member. Change the role of the member instead.',
  );
  expect(await email(page).inputValue()).toBe(admin.email);
});

test('shows that it invites, and keeps the address if it fails', async () => {
  const visit = await openNew();
  const { page } = visit;
  const mend = await failRequests(visit, { method: 'POST', path: INVITATIONS }, OUT_OF_ORDER);
  await email(page).fill('later@example.com');
  await invite(page).click();
  await section(page).getByRole('alert').getByText('Come back later.').waitFor();
  expect(await email(page).inputValue()).toBe('later@example.com');
  await mend();
  const release = await holdRequests(visit, { method: 'POST', path: INVITATIONS });
  await invite(page).click();
  await page.getByRole('button', { name: 'Inviting…' }).and(page.locator(':focus')).waitFor();
  release();
  await row(page, 'later@example.com').waitFor();
  expect(await section(page).getByRole('alert').count()).toBe(0);
});

test('withdraws an invitation, and focuses the heading', async () => {
  const visit = await openNew();
  const { page } = visit;
  await organization.invite('first@example.com');
  await organization.invite('second@example.com');
  await page.reload();
  const withdraw = row(page, 'first@example.com').getByRole('button');
  expect(await withdraw.innerText()).toMatch(/^Withdraw\s+the invitation of first@example.com$/);
  const mend = await failRequests(visit, { method: 'DELETE', path: /\/invitations\/[^/]+$/ }, OUT_OF_ORDER);
  await withdraw.click();
  const question = page.getByRole('alertdialog', { name: 'Withdraw the invitation of first@example.com?' });
  const confirm = question.getByRole('button', { name: 'Withdraw' });
  await confirm.click();
  await question.getByRole('alert').getByText('Come back later.').waitFor();
  expect(await organization.listInvitations()).toHaveLength(2);
  await mend();
  const release = await holdRequests(visit, { method: 'DELETE', path: /\/invitations\/[^/]+$/ });
  await confirm.click();
  await question.getByRole('button', { name: 'One moment…' }).and(page.locator(':focus')).waitFor();
  release();
  await row(page, 'first@example.com').waitFor({ state: 'detached' });
  await section(page).getByRole('heading').and(page.locator(':focus')).waitFor();
  expect(await section(page).getByRole('alert').count()).toBe(0);
  expect((await organization.listInvitations()).map((one) => one.email)).toEqual(['second@example.com']);
});

test('takes an invitation that was withdrawn elsewhere as withdrawn', async () => {
  const { page } = await openNew({ allow: [/status of 404/] });
  await organization.invite('gone@example.com');
  await page.reload();
  await row(page, 'gone@example.com').waitFor();
  await dashboard.server.query('delete from invitations where organization_id = $1', [organization.id]);
  await row(page, 'gone@example.com').getByRole('button').click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Withdraw' }).click();
  await section(page).getByText('No invitation waits.').waitFor();
});

test('shows a viewer the invitations without a way to change them', async () => {
  await openNew();
  const viewer = await dashboard.signIn();
  await organization.invite(viewer.email, 'viewer');
  await organization.invite('seen@example.com');
  const { page } = await dashboard.open(`/organization?organization=${organization.id}`, {
    cookie: viewer.cookie,
  });
  await row(page, 'seen@example.com').waitFor();
  expect(await section(page).getByRole('button').count()).toBe(0);
  expect(await section(page).getByRole('columnheader').allInnerTexts()).toEqual(['Email', 'Role', 'Expires']);
});

test('shows why invitations could not be read, and reads them after “Try again”', async () => {
  organization = await createTestOrganization(dashboard.server, admin);
  const visit = await dashboard.open('/', { cookie: admin.cookie, hasClock: true });
  const { page } = visit;
  await page.getByRole('heading', { name: 'Apps', level: 1 }).waitFor();
  const mend = await failRequests(visit, { path: INVITATIONS }, OUT_OF_ORDER);
  await visit.goTo(`/organization?organization=${organization.id}`);
  const alert = section(page).getByRole('alert');
  await passTimeUntil(visit, alert);
  await organization.invite('back@example.com');
  await mend();
  await section(page).getByRole('button', { name: 'Try again' }).click();
  await row(page, 'back@example.com').waitFor();
  expect(await alert.count()).toBe(0);
});
