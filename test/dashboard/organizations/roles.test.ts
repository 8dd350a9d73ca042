import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { startBrowser, type TestBrowser } from '../../helpers/browser/browser.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import { createTestOrganization, type TestOrganization } from '../../helpers/server/organization.ts';
import { startTestServer, type TestServer } from '../../helpers/server/server.ts';
import { signInPerson, type TestPerson } from '../../helpers/server/sign-in.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../../helpers/stand-ins/supabase.ts';

jest.setTimeout(120_000);

type Role = 'admin' | 'member' | 'viewer';

let browser: TestBrowser;
let supabase: Supabase;
let server: TestServer;
let organization: TestOrganization;
let people: Record<Role, TestPerson>;
let checkId: string;

beforeAll(async () => {
  [browser, supabase] = await Promise.all([startBrowser(), startSupabase()]);
  const env = { SUPABASE_URL: supabase.url, SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY };
  server = await startTestServer({ env });
  const admin = await signInPerson(supabase, server);
  organization = await createTestOrganization(server, admin);
  const [member, viewer] = [await signInPerson(supabase, server), await signInPerson(supabase, server)];
  await organization.invite(member.email, 'member');
  await organization.invite(viewer.email, 'viewer');
  people = { admin, member, viewer };
  const app = { name: 'Shop', alias: 'shop', url: 'http://127.0.0.1:9/', organization_id: organization.id };
  await asAdmin(server, 'post', '/api/apps', admin.cookie).send(app);
  const triggered = await asAdmin(server, 'post', '/api/apps/shop/trigger', admin.cookie).send({});
  checkId = triggered.body.check_id;
  await asAdmin(server, 'get', `/api/apps/shop/checks/${checkId}?wait=20`, admin.cookie);
});
afterEach(async () => {
  expect(await browser.closeVisits()).toEqual([]);
});
afterAll(async () => {
  await browser.stop();
  await server.stop();
  await supabase.stop();
});

async function openAs(role: Role, path: string) {
  const visit = await browser.open({ server, cookie: people[role].cookie });
  await visit.goTo(path);
  return visit;
}

const organizationPage = () => `/organization?organization=${organization.id}`;
const has = async (page: Page, role: 'button' | 'heading' | 'combobox', name: string) =>
  (await page.getByRole(role, { name, exact: true }).count()) > 0;

test.each(['admin', 'member', 'viewer'] as const)(
  'what a %s is offered is what they may do',
  async (role) => {
    const isAdmin = role === 'admin';
    const { page, goTo } = await openAs(role, '/apps/shop');
    await page.getByRole('heading', { name: 'Checks' }).waitFor();
    expect(await has(page, 'button', 'Run check')).toBe(role !== 'viewer');

    await goTo(`/apps/shop/checks/${checkId}`);
    await page.getByText('Could not run').first().waitFor();
    expect(await has(page, 'button', 'Run again')).toBe(role !== 'viewer');

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

    await goTo(organizationPage());
    await page.getByRole('rowheader', { name: people.viewer.email }).waitFor();
    await page.getByRole('button', { name: 'Leave organization' }).waitFor();
    expect(await has(page, 'combobox', `Role of ${people.viewer.email}`)).toBe(isAdmin);
    expect(await has(page, 'button', 'Invite')).toBe(isAdmin);
  },
);

test('a role that is changed, given and taken takes hold at once', async () => {
  const someone = await signInPerson(supabase, server);
  const admin = await openAs('admin', organizationPage());
  await admin.page.getByLabel('Email').fill(someone.email);
  await admin.page.getByLabel('Role', { exact: true }).selectOption('viewer');
  await admin.page.getByRole('button', { name: 'Invite', exact: true }).click();
  await admin.page.getByText(`${someone.email} belongs to Acme now, as a viewer.`).waitFor();

  const visit = await browser.open({ server, cookie: someone.cookie });
  await visit.goTo('/apps/shop');
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

test('somebody without an account is invited, and belongs from their first sign-in on', async () => {
  const admin = await openAs('admin', organizationPage());
  await admin.page.getByLabel('Email').fill('Grace@Example.com');
  await admin.page.getByRole('button', { name: 'Invite', exact: true }).click();
  await admin.page.getByText('The invitation of grace@example.com waits until they sign in here.').waitFor();
  const grace = await signInPerson(supabase, server, 'grace@example.com');
  const visit = await browser.open({ server, cookie: grace.cookie });
  await visit.goTo('/');
  await visit.page.getByRole('link', { name: 'Shop' }).waitFor();
  await admin.page.reload();
  await admin.page.getByLabel('Role of grace@example.com').waitFor();
});

test('the last admin can neither leave nor be demoted, and is told what to do', async () => {
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

test('who leaves sees nothing of it any more', async () => {
  const someone = await signInPerson(supabase, server);
  await organization.invite(someone.email, 'viewer');
  const visit = await browser.open({ server, cookie: someone.cookie });
  await visit.goTo(organizationPage());
  await visit.page.getByRole('button', { name: 'Leave organization' }).click();
  await visit.page.getByRole('alertdialog').getByRole('button', { name: 'Leave organization' }).click();
  await visit.page.getByText('You have left Acme.').waitFor();
  await visit.page.getByRole('link', { name: 'Apps' }).click();
  await visit.page.getByText('No apps yet').waitFor();
});
