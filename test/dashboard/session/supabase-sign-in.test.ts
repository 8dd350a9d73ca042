import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { setUpHostedDashboard } from '../../helpers/browser/dashboard.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import { createCredentials, signInWithPassword } from '../../helpers/server/sign-in.ts';

const dashboard = setUpHostedDashboard();
let ada: ReturnType<typeof createCredentials>;
beforeEach(() => {
  ada = createCredentials();
});
afterEach(() => dashboard.supabase.failAuthWith(undefined));

/** A person at the sign-in page. The browser writes a line of its own for each 401, and Supabase is elsewhere. */
async function openSignIn(path = '/') {
  const visit = await dashboard.open(path, { cookie: '', allow: [/status of 401/] });
  visit.allow(new RegExp(`asked another host: ${dashboard.supabase.url}/`));
  await heading(visit.page, 'Sign in').waitFor();
  return visit;
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true, level: 1 });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const status = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text });

async function fill(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
}

test('signs in by password and shows the requested page', async () => {
  dashboard.supabase.addUser(ada);
  const { page } = await openSignIn('/organization?from=mail');
  await fill(page, { ...ada, password: 'wrong' });
  await button(page, 'Sign in').click();
  await page.getByRole('alert').getByText('The email address or the password is wrong.').waitFor();
  await fill(page, ada);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Members' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/organization');
  await page.getByText(ada.email).first().waitFor();
  // No script can read what signs one in, and nothing of it is kept elsewhere.
  expect(await page.evaluate('document.cookie')).toBe('');
  const kept = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])');
  expect(kept).not.toMatch(/eyJ|password|correct horse/);
});

test('shows a fault at its field', async () => {
  const { page, allow } = await openSignIn();
  allow(/status of 400/);
  await fill(page, { email: 'nonsense', password: '' });
  await button(page, 'Sign in').click();
  await page.getByText('Email must be an email address.').waitFor();
  await page.getByText('Password is required.').waitFor();
  expect(await page.evaluate('document.activeElement.name')).toBe('email');
});

test('creates an account, which the emailed link confirms', async () => {
  const { page, allow } = await openSignIn('/apps/shop');
  // There is no such app.
  allow(/status of 404/);
  await button(page, 'Create an account').click();
  await heading(page, 'Create an account').waitFor();
  await fill(page, ada);
  await button(page, 'Create account').click();
  await status(page, 'Open the link we sent to your email address, in this browser.').waitFor();
  const { link } = dashboard.supabase.emails().findLast(({ to }) => to === ada.email) ?? { link: '' };
  // Email programs open links in another tab.
  const tab = await page.context().newPage();
  await tab.goto(link);
  await tab.getByText(ada.email).waitFor();
  expect(new URL(tab.url()).pathname).toBe('/apps/shop');
});

test('signs in by an emailed link, once, in the browser that asked for it', async () => {
  dashboard.supabase.addUser(ada);
  const { page } = await openSignIn();
  await page.getByLabel('Email').fill(ada.email);
  await button(page, 'Email me a link').click();
  await status(page, 'If you can sign in with this address, we sent it a link.').waitFor();
  const { link } = dashboard.supabase.emails().findLast(({ to }) => to === ada.email) ?? { link: '' };

  await page.goto(link);
  await heading(page, 'Apps').waitFor();
  await page.getByText(ada.email).waitFor();
  const elsewhere = await openSignIn();
  await elsewhere.page.goto(link);
  await elsewhere.page.getByRole('alert').getByText('This link was used already or is too old.').waitFor();
});

test('says in another browser where an emailed link is valid', async () => {
  dashboard.supabase.addUser(ada);
  const { page } = await openSignIn();
  await page.getByLabel('Email').fill(ada.email);
  await button(page, 'Email me a link').click();
  await status(page, 'we sent it a link').waitFor();
  const { link } = dashboard.supabase.emails().findLast(({ to }) => to === ada.email) ?? { link: '' };
  const other = await openSignIn();
  await other.page.goto(link);
  await other.page.getByRole('alert').getByText('This link counts only in the browser that asked').waitFor();
});

test('signs in with GitHub, or says that it was declined', async () => {
  const { page } = await openSignIn('/organization');
  dashboard.supabase.settings.githubEmail = null;
  await button(page, 'Continue with GitHub').click();
  await page.getByRole('alert').getByText('The sign-in was declined on the other side.').waitFor();
  dashboard.supabase.settings.githubEmail = ada.email;
  await button(page, 'Continue with GitHub').click();
  await page.getByRole('heading', { name: 'Members' }).waitFor();
  await page.getByText(ada.email).first().waitFor();
});

test('says that Supabase cannot be reached, and keeps the typed values', async () => {
  dashboard.supabase.addUser(ada);
  const { page, allow } = await openSignIn();
  allow(/status of 503/);
  dashboard.supabase.failAuthWith('disconnect');
  await fill(page, ada);
  await button(page, 'Sign in').click();
  await page.getByRole('alert').getByText('cannot be verified at the moment').waitFor();
  expect(await page.getByLabel('Email').inputValue()).toBe(ada.email);
  dashboard.supabase.failAuthWith(undefined);
  await button(page, 'Sign in').click();
  await heading(page, 'Apps').waitFor();
});

test('ends the session at Supabase and in all tabs after “Sign out”', async () => {
  const cookie = await signInWithPassword(dashboard.supabase, dashboard.server, ada);
  const visit = await dashboard.open('/', { cookie, allow: [/status of 401/] });
  const other = await visit.context.newPage();
  await other.goto('/organization');
  await other.getByRole('heading', { name: 'Members' }).waitFor();
  const sessions = dashboard.supabase.countSessions();
  await button(visit.page, 'Sign out').click();
  await heading(visit.page, 'Sign in').waitFor();
  expect(dashboard.supabase.countSessions()).toBe(sessions - 1);
  await other.getByRole('textbox', { name: 'Name' }).fill('Renamed');
  await button(other, 'Save').click();
  await other.getByText('Your session has ended.').waitFor();
  expect(await other.getByRole('heading', { name: 'Members' }).count()).toBe(0);
});

test('generates no key for a session that was ended elsewhere, and asks to sign in again', async () => {
  const cookie = await signInWithPassword(dashboard.supabase, dashboard.server, ada);
  await asAdmin(dashboard.server, 'post', '/api/apps', cookie).send({
    name: ada.email,
    alias: 'ended-elsewhere',
  });
  const visit = await dashboard.open('/apps/ended-elsewhere/settings', {
    cookie,
    allow: [/status of 401/],
  });
  await button(visit.page, 'Generate API key').waitFor();
  dashboard.supabase.endSessionsOf(ada.email);
  await button(visit.page, 'Generate API key').click();
  await visit.page.getByText('Sign in again').first().waitFor();
  expect(await visit.page.content()).not.toMatch(/qsk_\w{42}/);
  const { rows } = await dashboard.server.query(
    `select from api_keys join apps on apps.id = app_id where alias = 'ended-elsewhere'`,
  );
  expect(rows).toEqual([]);
});

test('renews an expired access token unnoticed', async () => {
  // Issued expired.
  dashboard.supabase.settings.accessTokenSeconds = -10;
  const cookie = await signInWithPassword(dashboard.supabase, dashboard.server, ada);
  dashboard.supabase.settings.accessTokenSeconds = 3600;
  const visit = await dashboard.open('/', { cookie });
  await heading(visit.page, 'Apps').waitFor();
  await visit.page.getByText(ada.email).waitFor();
  const [renewed] = await visit.context.cookies();
  expect(cookie).not.toContain(renewed?.value);
});
