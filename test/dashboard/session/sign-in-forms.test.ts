import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Visit } from '../../helpers/browser/browser.ts';
import { setUpHostedDashboard } from '../../helpers/browser/dashboard.ts';
import { failRequests, holdRequests, toProblem } from '../../helpers/browser/interception.ts';
import { createCredentials } from '../../helpers/server/sign-in.ts';

const dashboard = setUpHostedDashboard();

/** A page before which nobody is signed in; the browser writes a line of its own for each refusal. */
async function openSignIn(path = '/'): Promise<Visit> {
  const visit = await dashboard.open(path, { cookie: '', allow: [/status of 4\d\d/] });
  visit.allow(new RegExp(`asked another host: ${dashboard.supabase.url}/`));
  await heading(visit.page, 'Sign in').waitFor();
  return visit;
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true, level: 1 });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const focused = (page: Page) => page.locator(':focus');

test('focuses the heading and clears the last attempt when switching to a new account and back', async () => {
  const { page } = await openSignIn();
  await button(page, 'Sign in').click();
  await page.getByText('Email must be an email address.').waitFor();
  await page.getByLabel('Email').fill('ada@example.com');
  await page.getByLabel('Password').fill('secret words');
  await button(page, 'Create an account').click();
  await heading(page, 'Create an account').and(focused(page)).waitFor();
  expect(await page.getByText('must be an email address').count()).toBe(0);
  // Who may be asked for a new password types another one; the address stays.
  expect(await page.getByLabel('Email').inputValue()).toBe('ada@example.com');
  expect(await page.getByLabel('Password').inputValue()).toBe('');
  expect(await page.getByLabel('Password').getAttribute('autocomplete')).toBe('new-password');
  expect(await button(page, 'Email me a link').count()).toBe(0);
  await button(page, 'Sign in instead').click();
  await heading(page, 'Sign in').and(focused(page)).waitFor();
  expect(await page.getByLabel('Password').getAttribute('autocomplete')).toBe('current-password');
});

test('shows the fault of a new account at its field, and focuses it', async () => {
  const { page } = await openSignIn();
  await button(page, 'Create an account').click();
  await page.getByLabel('Email').fill('ada@example.com');
  await page.getByLabel('Password').fill('short');
  await button(page, 'Create account').click();
  const password = page.getByLabel('Password');
  await password.and(focused(page)).waitFor();
  await page.getByText('Password should be at least 6 characters.').waitFor();
  expect(await password.getAttribute('aria-invalid')).toBe('true');

  const known = createCredentials();
  dashboard.supabase.addUser(known);
  dashboard.supabase.settings.autoConfirm = true;
  try {
    await page.getByLabel('Email').fill(known.email);
    await password.fill(known.password);
    await button(page, 'Create account').click();
    await page.getByText('Email has an account already: sign in instead.').waitFor();
    await page.getByLabel('Email').and(focused(page)).waitFor();
  } finally {
    dashboard.supabase.settings.autoConfirm = false;
  }
});

test('signs in at once with a new account that needs no confirmation', async () => {
  const { page } = await openSignIn('/organization');
  await button(page, 'Create an account').click();
  dashboard.supabase.settings.autoConfirm = true;
  try {
    await page.getByLabel('Email').fill('at-once@example.com');
    await page.getByLabel('Password').fill('correct horse battery');
    await button(page, 'Create account').click();
    await page.getByRole('heading', { name: 'Members' }).waitFor();
    await page.getByText('at-once@example.com').first().waitFor();
  } finally {
    dashboard.supabase.settings.autoConfirm = false;
  }
});

test('shows a refusal as an alert, and replaces it with that of the next attempt', async () => {
  const { page } = await openSignIn();
  const unconfirmed = createCredentials();
  dashboard.supabase.addUser({ ...unconfirmed, confirmed: false });
  await page.getByLabel('Email').fill(unconfirmed.email);
  await page.getByLabel('Password').fill(unconfirmed.password);
  await page.keyboard.press('Enter');
  const alert = page.getByRole('alert');
  await alert.getByText('Your email address is not confirmed.').waitFor();

  dashboard.supabase.failAuthWith({ status: 429, headers: { 'Retry-After': '17' } });
  try {
    await button(page, 'Email me a link').click();
    await alert.getByText('Too many attempts. Try again in 17 s.').waitFor();
    expect(await alert.count()).toBe(1);
  } finally {
    dashboard.supabase.failAuthWith(undefined);
  }

  dashboard.supabase.settings.allowSignUps = false;
  try {
    await button(page, 'Create an account').click();
    await page.getByLabel('Email').fill('new@example.com');
    await page.getByLabel('Password').fill('correct horse battery');
    await button(page, 'Create account').click();
    await alert.getByText('This server accepts no new accounts.').waitFor();
  } finally {
    dashboard.supabase.settings.allowSignUps = true;
  }
});

test('sends no link without an address', async () => {
  const { page } = await openSignIn();
  const emails = dashboard.supabase.emails().length;
  await button(page, 'Email me a link').click();
  await page.getByText('Email must be an email address.').waitFor();
  await page.getByLabel('Email').and(focused(page)).waitFor();
  expect(dashboard.supabase.emails()).toHaveLength(emails);
});

test.each([
  ['Sign in', 'Signing in…', /\/auth\/password$/],
  ['Email me a link', 'Sending…', /\/auth\/email-link$/],
  ['Continue with GitHub', 'Going to GitHub…', /\/auth\/github$/],
])('shows the progress of “%s”, and starts no other attempt meanwhile', async (name, busyText, path) => {
  const visit = await openSignIn();
  const { page, context } = visit;
  await page.getByLabel('Email').fill('nobody@example.com');
  await page.getByLabel('Password').fill('wrong');
  const release = await holdRequests(visit, { method: 'POST', path });
  let attempts = 0;
  context.on('request', (request) => {
    attempts += request.method() === 'POST' ? 1 : 0;
  });
  dashboard.supabase.settings.githubEmail = null;
  try {
    await button(page, name).click();
    await button(page, busyText).and(focused(page)).waitFor();
    for (const other of ['Sign in', 'Email me a link', 'Continue with GitHub'].filter(
      (one) => one !== name,
    )) {
      expect(await button(page, other).getAttribute('aria-disabled')).toBe('true');
    }
    await page.getByLabel('Password').press('Enter');
    release();
    await page
      .getByRole('alert')
      .or(page.getByRole('status').filter({ hasText: 'sent it a link' }))
      .waitFor();
    expect(attempts).toBe(1);
  } finally {
    dashboard.supabase.settings.githubEmail = 'octocat@example.com';
  }
});

test('shows the error of the callback until the next attempt', async () => {
  const { page, goTo } = await openSignIn();
  for (const [code, text] of [
    ['unavailable', 'The sign-in cannot be completed at the moment.'],
    ['something-new', 'The sign-in did not work. Try again, or sign in another way.'],
  ] as const) {
    await goTo(`/sign-in?error=${code}`);
    await page.getByRole('alert').getByText(text).waitFor();
    await button(page, 'Sign in').click();
    await page.getByText('Email must be an email address.').waitFor();
    expect(await page.getByText(text).count()).toBe(0);
  }
  // In the address of any other page it means nothing.
  await goTo('/?error=unavailable');
  await heading(page, 'Sign in').waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('says that the browser did not keep the cookie', async () => {
  const person = createCredentials();
  dashboard.supabase.addUser(person);
  const visit = await openSignIn();
  const { page, context } = visit;
  await context.route(/\/auth\/password$/, async (route) => {
    const answer = await route.fetch();
    await context.clearCookies();
    await route.fulfill({ status: answer.status() });
    await context.clearCookies();
  });
  await context.route(/\/api\/me$/, async (route) => {
    await context.clearCookies();
    const { cookie: _, ...headers } = route.request().headers();
    await route.continue({ headers });
  });
  await page.getByLabel('Email').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('Your browser did not keep the session.').waitFor();
  await page.getByText('Allow cookies for this address, then sign in again.').waitFor();
});

test('keeps the form if the server fails after the password was accepted', async () => {
  const person = createCredentials();
  dashboard.supabase.addUser(person);
  const visit = await openSignIn();
  await failRequests(visit, { path: /\/api\/me$/ }, toProblem(500, 'Out of order', 'Come back later.'));
  await visit.page.getByLabel('Email').fill(person.email);
  await visit.page.getByLabel('Password').fill(person.password);
  await visit.page.keyboard.press('Enter');
  expect(await visit.page.getByRole('alert').innerText()).toContain('Out of order. Come back later.');
  expect(await visit.page.getByLabel('Email').inputValue()).toBe(person.email);
});

test('allows a new attempt when the browser returns from GitHub', async () => {
  const visit = await openSignIn();
  const { page, context } = visit;
  // Answered with nothing to show, so that the page stays.
  await context.route(`${dashboard.supabase.url}/**`, (route) => route.fulfill({ status: 204 }));
  const left = page.waitForRequest((request) => request.url().startsWith(dashboard.supabase.url));
  await button(page, 'Continue with GitHub').click();
  await button(page, 'Going to GitHub…').waitFor();
  await left;
  await page.evaluate(`dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`);
  await button(page, 'Continue with GitHub').waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('follows no address that is not http or https', async () => {
  const visit = await openSignIn();
  const body = JSON.stringify({ url: 'javascript:document.title=1' });
  await failRequests(visit, { method: 'POST', path: /\/auth\/github$/ }, { status: 200, body });
  await button(visit.page, 'Continue with GitHub').click();
  await visit.page.getByRole('alert').getByText('Something went wrong on this page.').waitFor();
  expect(await visit.page.title()).toBe('Sign in · Qassandra');
});

test('opens the apps if the stored return address is not a page of this server', async () => {
  const { cookie } = await dashboard.signIn();
  const { page, goTo } = await dashboard.open('/', { cookie });
  await heading(page, 'Apps').waitFor();
  for (const place of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/sign-in?error=refused',
    '',
  ]) {
    await page.evaluate(`localStorage.setItem('qassandra-return-to', ${JSON.stringify(place)})`);
    await goTo('/sign-in');
    await heading(page, 'Apps').waitFor();
    expect([place, new URL(page.url()).pathname]).toEqual([place, '/']);
    expect(await page.evaluate(`localStorage.getItem('qassandra-return-to')`)).toBeNull();
  }
});
