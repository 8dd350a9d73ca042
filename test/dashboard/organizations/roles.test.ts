import { beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { setUpHostedDashboard } from '../../helpers/browser/dashboard.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import { insertCheck } from '../../helpers/server/checks.ts';
import { createTestOrganization, type TestOrganization } from '../../helpers/server/organization.ts';
import type { TestPerson } from '../../helpers/server/sign-in.ts';

type Role = 'admin' | 'member' | 'viewer';

const dashboard = setUpHostedDashboard();
let organization: TestOrganization;
let people: Record<Role, TestPerson>;
let endedId: string;
let runningId: string;

beforeAll(async () => {
  const { server } = dashboard;
  const admin = await dashboard.signIn();
  organization = await createTestOrganization(server, admin);
  const [member, viewer] = [await dashboard.signIn(), await dashboard.signIn()];
  await organization.invite(member.email, 'member');
  await organization.invite(viewer.email, 'viewer');
  people = { admin, member, viewer };
  const app = { name: 'Shop', alias: 'shop', url: 'http://127.0.0.1:9/', organization_id: organization.id };
  const added = await asAdmin(server, 'post', '/api/apps', admin.cookie).send(app);
  runningId = await insertCheck(server, added.body, { conclusion: null });
  endedId = await insertCheck(server, added.body, { conclusion: 'error', error: 'The app did not answer.' });
});

const openAs = (role: Role, path: string) => dashboard.open(path, { cookie: people[role].cookie });

const organizationPage = () => `/organization?organization=${organization.id}`;
const has = async (page: Page, role: 'button' | 'heading' | 'combobox', name: string) =>
  (await page.getByRole(role, { name, exact: true }).count()) > 0;

test.each(['admin', 'member', 'viewer'] as const)('offers a %s what the role allows', async (role) => {
  const isAdmin = role === 'admin';
  const { page, goTo } = await openAs(role, '/apps/shop');
  await page.getByRole('heading', { name: 'Checks' }).waitFor();
  expect(await has(page, 'button', 'Run check')).toBe(role !== 'viewer');

  await goTo(`/apps/shop/checks/${endedId}`);
  await page.getByText('Could not run').first().waitFor();
  expect(await has(page, 'button', 'Run again')).toBe(role !== 'viewer');
  await goTo(`/apps/shop/checks/${runningId}`);
  await page.getByRole('region', { name: 'Result' }).getByText('Running').waitFor();
  expect(await has(page, 'button', 'Cancel check')).toBe(role !== 'viewer');

  await goTo('/apps/shop/settings');
  await page.getByRole('heading', { name: 'Use it in CI' }).waitFor();
  for (const [kind, name] of [
    ['heading', 'API key'],
    ['button', 'Generate API key'],
    ['heading', 'Audit log'],
    ['button', 'Save'],
    ['button', 'Delete app'],
  ] as const) {
    expect([name, await has(page, kind, name)]).toEqual([name, isAdmin]);
  }
  // Who may not change them is told who may, and can still read how CI is set up.
  const notice = page.getByText('its audit log are for admins of its organization.');
  expect(await notice.count()).toBe(isAdmin ? 0 : 1);
  expect(await page.getByRole('button', { name: /API key$|Save|Delete/ }).count()).toBe(isAdmin ? 4 : 0);
  await page.getByText('app-id: shop').waitFor();

  await goTo(organizationPage());
  await page.getByRole('rowheader', { name: people.viewer.email }).waitFor();
  await page.getByRole('button', { name: 'Leave organization' }).waitFor();
  const hint = `Only admins invite, change roles and remove members. Ask ${people.admin.email}.`;
  expect(await page.getByText(hint).count()).toBe(isAdmin ? 0 : 1);
  expect(await has(page, 'heading', 'Rename this organization')).toBe(isAdmin);
  expect(await has(page, 'combobox', `Role of ${people.viewer.email}`)).toBe(isAdmin);
  expect(await has(page, 'button', 'Invite')).toBe(isAdmin);
});

test('applies a role at once when it is given, changed and taken', async () => {
  const someone = await dashboard.signIn();
  const admin = await openAs('admin', organizationPage());
  await admin.page.getByLabel('Email').fill(someone.email);
  await admin.page.getByLabel('Role', { exact: true }).selectOption('viewer');
  await admin.page.getByRole('button', { name: 'Invite', exact: true }).click();
  await admin.page.getByText(`${someone.email} belongs to Acme now, as a viewer.`).waitFor();

  const visit = await dashboard.open('/apps/shop', { cookie: someone.cookie });
  await visit.page.getByRole('heading', { name: 'Checks' }).waitFor();
  expect(await has(visit.page, 'button', 'Run check')).toBe(false);

  await admin.page.getByLabel(`Role of ${someone.email}`).selectOption('member');
  await admin.page.getByText(`${someone.email} is a member now.`).waitFor();
  await visit.page.reload();
  await visit.page.getByRole('button', { name: 'Run check' }).waitFor();

  await admin.page.getByRole('button', { name: `Remove ${someone.email}` }).click();
  await admin.page.getByRole('alertdialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await admin.page.getByText(`${someone.email} was removed from Acme.`).waitFor();
  visit.allow(/status of 404/);
  await visit.page.getByRole('button', { name: 'Run check' }).click();
  await visit.page.getByRole('alert').first().getByText('No such app').waitFor();
});

test('makes an invited person a member at their first sign-in', async () => {
  const admin = await openAs('admin', organizationPage());
  await admin.page.getByLabel('Email').fill('Grace@Example.com');
  await admin.page.getByRole('button', { name: 'Invite', exact: true }).click();
  await admin.page.getByText('The invitation of grace@example.com waits until they sign in here.').waitFor();
  const grace = await dashboard.signIn('grace@example.com');
  const visit = await dashboard.open('/', { cookie: grace.cookie });
  await visit.page.getByRole('link', { name: 'Shop' }).waitFor();
  await admin.page.reload();
  await admin.page.getByLabel('Role of grace@example.com').waitFor();
});

test('keeps the last admin, and says what to do', async () => {
  const { page, allow } = await openAs('admin', organizationPage());
  allow(/status of 409/);
  await page.getByLabel(`Role of ${people.admin.email}`).selectOption('viewer');
  const dialog = page.getByRole('alertdialog');
  await dialog.getByRole('button', { name: 'Change my role' }).click();
  await dialog.getByRole('alert').getByText('Make another member an admin first.').waitFor();
  await dialog.getByRole('button', { name: 'Keep as it is' }).click();
  await dialog.waitFor({ state: 'hidden' });
  expect(await page.getByLabel(`Role of ${people.admin.email}`).inputValue()).toBe('admin');

  await page.getByRole('button', { name: 'Leave organization' }).click();
  await dialog.getByRole('button', { name: 'Leave organization' }).click();
  await dialog.getByRole('alert').getByText('Make another member an admin first.').waitFor();
});

test('shows nothing of an organization to a person who left it', async () => {
  const someone = await dashboard.signIn();
  await organization.invite(someone.email, 'viewer');
  const visit = await dashboard.open(organizationPage(), { cookie: someone.cookie });
  await visit.page.getByRole('button', { name: 'Leave organization' }).click();
  await visit.page.getByRole('alertdialog').getByRole('button', { name: 'Leave organization' }).click();
  await visit.page.getByText('You have left Acme.').waitFor();
  await visit.page
    .getByRole('status')
    .filter({ hasText: 'You have left' })
    .and(visit.page.locator(':focus'))
    .waitFor();
  await visit.page.getByRole('link', { name: 'Apps' }).click();
  await visit.page.getByText('No apps yet').waitFor();
});

test('refuses a button of a role that was taken away meanwhile, and says why', async () => {
  const someone = await dashboard.signIn();
  await organization.invite(someone.email, 'member');
  const visit = await dashboard.open('/apps/shop', { cookie: someone.cookie, allow: [/status of 403/] });
  await visit.page.getByRole('button', { name: 'Run check' }).waitFor();
  await dashboard.server.query(`update members set role = 'viewer' where user_id = $1`, [someone.id]);
  await visit.page.getByRole('button', { name: 'Run check' }).click();
  await visit.page.getByRole('alert').filter({ hasText: 'Your role does not allow this.' }).waitFor();
});

test('leads a viewer from the settings to the organization', async () => {
  const { page } = await openAs('viewer', '/apps/shop/settings');
  await page.getByRole('link', { name: 'Open the organization' }).click();
  await page.locator('h1:focus').getByText('Acme').waitFor();
  expect(new URL(page.url()).searchParams.get('organization')).toBe(organization.id);
});
