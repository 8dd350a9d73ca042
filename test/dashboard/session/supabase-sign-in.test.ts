import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { startBrowser, type TestBrowser } from '../../helpers/browser/browser.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import { startTestServer, type TestServer } from '../../helpers/server/server.ts';
import { createCredentials, signInWithPassword } from '../../helpers/server/sign-in.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../../helpers/stand-ins/supabase.ts';

jest.setTimeout(120_000);

let browser: TestBrowser;
let supabase: Supabase;
let server: TestServer;
let ada: ReturnType<typeof createCredentials>;

beforeAll(async () => {
  [browser, supabase] = await Promise.all([startBrowser(), startSupabase()]);
  const env = { SUPABASE_URL: supabase.url, SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY };
  server = await startTestServer({ env });
});
beforeEach(() => {
  ada = createCredentials();
});
afterEach(async () => {
  expect(await browser.closeVisits()).toEqual([]);
  supabase.failAuthWith(undefined);
});
afterAll(async () => {
  await browser.stop();
  await server.stop();
  await supabase.stop();
});

/** Somebody before the sign-in page. Browsers write a line of their own for each 401, and Supabase is elsewhere. */
async function openSignIn(path = '/') {
  const visit = await browser.open({ server });
  visit.allow(/status of 401/);
  visit.allow(new RegExp(`asked another host: ${supabase.url}/`));
  await visit.goTo(path);
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

test('a password leads to the page that one came for', async () => {
  supabase.addUser(ada);
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

test('what is wrong with a field is said at the field', async () => {
  const { page, allow } = await openSignIn();
  allow(/status of 400/);
  await fill(page, { email: 'nonsense', password: '' });
  await button(page, 'Sign in').click();
  await page.getByText('Email must be an email address.').waitFor();
  await page.getByText('Password is required.').waitFor();
  expect(await page.evaluate('document.activeElement.name')).toBe('email');
});

test('an account is created, and confirmed by the emailed link', async () => {
  const { page, allow } = await openSignIn('/apps/shop');
  // There is no such app.
  allow(/status of 404/);
  await button(page, 'Create an account').click();
  await heading(page, 'Create an account').waitFor();
  await fill(page, ada);
  await button(page, 'Create account').click();
  await status(page, 'Open the link we sent to your email address, in this browser.').waitFor();
  const { link } = supabase.emails().findLast(({ to }) => to === ada.email) ?? { link: '' };
  // Email programs open links in another tab.
  const tab = await page.context().newPage();
  await tab.goto(link);
  await tab.getByText(ada.email).waitFor();
  expect(new URL(tab.url()).pathname).toBe('/apps/shop');
});

test('an emailed link signs in, once, in the browser that asked for it', async () => {
  supabase.addUser(ada);
  const { page } = await openSignIn();
  await page.getByLabel('Email').fill(ada.email);
  await button(page, 'Email me a link').click();
  await status(page, 'If you can sign in with this address, we sent it a link.').waitFor();
  const { link } = supabase.emails().findLast(({ to }) => to === ada.email) ?? { link: '' };

  await page.goto(link);
  await heading(page, 'Apps').waitFor();
  await page.getByText(ada.email).waitFor();
  const elsewhere = await openSignIn();
  await elsewhere.page.goto(link);
  await elsewhere.page.getByRole('alert').getByText('This link was used already or is too old.').waitFor();
});

test('an emailed link that is opened in another browser says where it counts', async () => {
  supabase.addUser(ada);
  const { page } = await openSignIn();
  await page.getByLabel('Email').fill(ada.email);
  await button(page, 'Email me a link').click();
  await status(page, 'we sent it a link').waitFor();
  const { link } = supabase.emails().findLast(({ to }) => to === ada.email) ?? { link: '' };
  const other = await openSignIn();
  await other.page.goto(link);
  await other.page.getByRole('alert').getByText('This link counts only in the browser that asked').waitFor();
});

test('GitHub signs in, or says that it was declined', async () => {
  const { page } = await openSignIn('/organization');
  supabase.settings.githubEmail = null;
  await button(page, 'Continue with GitHub').click();
  await page.getByRole('alert').getByText('The sign-in was declined on the other side.').waitFor();
  supabase.settings.githubEmail = ada.email;
  await button(page, 'Continue with GitHub').click();
  await page.getByRole('heading', { name: 'Members' }).waitFor();
  await page.getByText(ada.email).first().waitFor();
});

test('while Supabase cannot be reached the page says so, and keeps what was typed', async () => {
  supabase.addUser(ada);
  const { page, allow } = await openSignIn();
  allow(/status of 503/);
  supabase.failAuthWith('disconnect');
  await fill(page, ada);
  await button(page, 'Sign in').click();
  await page.getByRole('alert').getByText('cannot be verified for now').waitFor();
  expect(await page.getByLabel('Email').inputValue()).toBe(ada.email);
  supabase.failAuthWith(undefined);
  await button(page, 'Sign in').click();
  await heading(page, 'Apps').waitFor();
});

test('signing out ends the session at Supabase too, in all tabs', async () => {
  const cookie = await signInWithPassword(supabase, server, ada);
  const visit = await browser.open({ server, cookie });
  visit.allow(/status of 401/);
  await visit.goTo('/');
  const other = await visit.context.newPage();
  await other.goto('/organization');
  await other.getByRole('heading', { name: 'Members' }).waitFor();
  const sessions = supabase.countSessions();
  await button(visit.page, 'Sign out').click();
  await heading(visit.page, 'Sign in').waitFor();
  expect(supabase.countSessions()).toBe(sessions - 1);
  await other.getByRole('textbox', { name: 'Name' }).fill('Renamed');
  await button(other, 'Save').click();
  await other.getByText('Your session has ended.').waitFor();
  expect(await other.getByRole('heading', { name: 'Members' }).count()).toBe(0);
});

test('a session that was ended elsewhere makes no key: the page asks to sign in again', async () => {
  const cookie = await signInWithPassword(supabase, server, ada);
  await asAdmin(server, 'post', '/api/apps', cookie).send({ name: ada.email, alias: 'ended-elsewhere' });
  const visit = await browser.open({ server, cookie });
  visit.allow(/status of 401/);
  await visit.goTo('/apps/ended-elsewhere/settings');
  await button(visit.page, 'Generate API key').waitFor();
  supabase.endSessionsOf(ada.email);
  await button(visit.page, 'Generate API key').click();
  await visit.page.getByText('Sign in again').first().waitFor();
  expect(await visit.page.content()).not.toMatch(/qsk_\w{42}/);
  const { rows } = await server.query(
    `select from api_keys join apps on apps.id = app_id where alias = 'ended-elsewhere'`,
  );
  expect(rows).toEqual([]);
});

test('an access token that expires is renewed on the way, and nobody notices', async () => {
  // Issued expired.
  supabase.settings.accessTokenSeconds = -10;
  const cookie = await signInWithPassword(supabase, server, ada);
  supabase.settings.accessTokenSeconds = 3600;
  const visit = await browser.open({ server, cookie });
  await visit.goTo('/');
  await heading(visit.page, 'Apps').waitFor();
  await visit.page.getByText(ada.email).waitFor();
  const [renewed] = await visit.context.cookies();
  expect(cookie).not.toContain(renewed?.value);
});
