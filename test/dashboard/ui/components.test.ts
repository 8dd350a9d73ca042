import { expect, test } from '@jest/globals';
import { passTimeUntil, setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { failRequests, holdRequests, toProblem } from '../../helpers/browser/interception.ts';
import { insertCheck } from '../../helpers/server/checks.ts';

const dashboard = setUpDashboard();

const UNREACHABLE =
  'The server does not answer. Check your connection and try again. Checks that were triggered go on without this page.';

test('copies a text and says so for two seconds', async () => {
  const app = await dashboard.server.createApp();
  const { page, context, origin } = await dashboard.open(`/apps/${app.alias}/settings`, { hasClock: true });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  const copy = page.getByRole('button', { name: 'Copy the name of the secret' });
  expect(await copy.innerText()).toBe('Copy');
  await copy.click();
  await copy.getByText('Copied').waitFor();
  await page.getByRole('status').filter({ hasText: 'Copied.' }).waitFor({ state: 'attached' });
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe('QASSANDRA_API_KEY');
  await page.clock.fastForward(2_000);
  await copy.getByText('Copied').waitFor({ state: 'detached' });
  expect(await copy.innerText()).toBe('Copy');
  expect(await page.getByText('Copied.').count()).toBe(0);
});

test('selects the text, and says how to copy it, if the browser forbids copying, as it does without HTTPS', async () => {
  const { port } = new URL(dashboard.server.url);
  const { page } = await dashboard.open('/', {
    server: { url: `http://plain.test:${port}` },
    cookie: '',
    allow: [/status of 401/, /origin was untrustworthy|origin-keyed agent cluster/],
  });
  const copy = page.getByRole('button', { name: 'Copy the command for a new link' });
  await copy.click();
  await page
    .getByRole('status')
    .getByText('Your browser does not let this page copy. The text is selected: press Ctrl+C.')
    .waitFor();
  expect(await page.evaluate('String(getSelection())')).toBe('npm run sign-in');
  expect(await copy.innerText()).toBe('Copy');
});

test('lets the keyboard scroll a text to copy', async () => {
  const app = await dashboard.server.createApp();
  const { page } = await dashboard.open(`/apps/${app.alias}/settings`, { width: 360 });
  const block = page.getByRole('region', { name: 'the curl command' });
  await block.focus();
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(`document.activeElement.scrollLeft > 0`);
});

test('shows times and durations in a fitting unit, with the exact time in the tooltip', async () => {
  const app = await dashboard.server.createApp({ url: 'http://127.0.0.1:9' });
  const times = [
    { minutesAgo: -5, seconds: 0.85, when: 'just now', took: '850 ms' },
    { minutesAgo: 0, seconds: 12.34, when: 'just now', took: '12.3 s' },
    { minutesAgo: 0.7, seconds: 59.94, when: /^\d\d seconds ago$/, took: '59.9 s' },
    { minutesAgo: 1.1, seconds: 245, when: '1 minute ago', took: '4 min 5 s' },
    { minutesAgo: 120, seconds: 3600, when: '2 hours ago', took: '60 min 0 s' },
    { minutesAgo: 1450, seconds: 1, when: 'yesterday', took: '1.0 s' },
    { minutesAgo: 4330, seconds: 1, when: '3 days ago', took: '1.0 s' },
  ];
  for (const { minutesAgo, seconds } of times) {
    await insertCheck(dashboard.server, app, { minutesAgo, seconds });
  }
  const { page } = await dashboard.open(`/apps/${app.alias}`);
  const rows = page.getByRole('row').filter({ has: page.getByRole('rowheader') });
  await rows.nth(times.length - 1).waitFor();
  for (const [at, { when, took }] of times.entries()) {
    await rows.nth(at).getByText(took, { exact: true }).waitFor();
    await rows.nth(at).getByText(when, { exact: true }).waitFor();
  }
  expect(await rows.nth(4).locator('time').getAttribute('title')).toMatch(
    /^[A-Z][a-z]{2} \d+, \d{4}, \d+:\d\d:\d\d\s[AP]M$/,
  );
});

test('focuses the heading after a navigation, but not after the first load or Back', async () => {
  const app = await dashboard.server.createApp({ name: 'Focused' });
  const { page } = await dashboard.open('/');
  await page.getByRole('link', { name: 'Focused' }).waitFor();
  expect(await page.evaluate('document.activeElement === document.body')).toBe(true);
  await page.getByRole('link', { name: 'Focused' }).click();
  // The heading has the alias, in lower case, until the app is there.
  await page.locator('h1:focus').getByText('Focused', { exact: true }).waitFor();
  expect(await page.title()).toBe('Focused · Qassandra');
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Apps' }).click();
  await page.locator('h1:focus').getByText('Apps').waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'Focused' }).waitFor();
  expect(await page.locator('h1:focus').count()).toBe(0);
  expect(new URL(page.url()).pathname).toBe(`/apps/${app.alias}`);
});

test('offers a link that skips to the content at the first Tab', async () => {
  const { page } = await dashboard.open('/');
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.keyboard.press('Tab');
  await page.locator(':focus').getByText('Skip to the content').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('main:focus').waitFor();
  // What the page is about is the next stop, not the navigation.
  await page.getByRole('button', { name: 'Add app' }).waitFor();
  await page.keyboard.press('Tab');
  await page.locator(':focus').getByText('Add app').waitFor();
});

test('announces that a page loads', async () => {
  const visit = await dashboard.open('/organization');
  await visit.page.getByRole('heading', { name: 'Members' }).waitFor();
  const release = await holdRequests(visit, { path: /\/api\/apps$/ });
  await visit.page.getByRole('link', { name: 'Apps' }).click();
  await visit.page.getByRole('status').getByText('Loading…').waitFor({ state: 'attached' });
  release();
  await visit.page.getByText('Loading…').waitFor({ state: 'detached' });
});

test('shows the status of an answer from between page and server, after three retries', async () => {
  const visit = await dashboard.open('/organization', { hasClock: true });
  await visit.page.getByRole('heading', { name: 'Members' }).waitFor();
  let tries = 0;
  visit.context.on('request', (request) => {
    tries += request.url().endsWith('/api/apps') ? 1 : 0;
  });
  const mend = await failRequests(visit, { path: /\/api\/apps$/ }, { status: 502, body: '<h1>Bad gateway' });
  await visit.page.getByRole('link', { name: 'Apps' }).click();
  const alert = visit.page.getByRole('alert');
  await passTimeUntil(visit, alert);
  expect(await alert.innerText()).toContain(
    'The server cannot be reached. Something between this page and the server answered instead (with status 502). Try again in a moment.',
  );
  expect(tries).toBe(4);
  await mend();
  await visit.page.getByRole('button', { name: 'Try again' }).click();
  await alert.waitFor({ state: 'detached' });
});

test('shows a refusal at once, without a retry', async () => {
  const app = await dashboard.server.createApp();
  const visit = await dashboard.open('/', { allow: [/status of 404/] });
  let tries = 0;
  visit.context.on('request', (request) => {
    tries += request.url().endsWith('/api/apps/gone') ? 1 : 0;
  });
  await visit.goTo('/apps/gone');
  await visit.page.getByRole('alert').getByText('No such app.').waitFor();
  expect(tries).toBe(1);
  await visit.goTo(`/apps/${app.alias}`);
  await visit.page.getByRole('heading', { name: 'No checks yet' }).waitFor();
});

test('keeps the focus in a dialog, closes it on Escape or Cancel, and returns the focus', async () => {
  const { page } = await dashboard.open('/organization');
  const opener = page.getByRole('button', { name: 'New organization' });
  const dialog = page.getByRole('dialog', { name: 'New organization' });
  await opener.focus();
  for (const close of ['Escape', 'Cancel']) {
    await page.keyboard.press('Enter');
    await dialog.getByLabel('Name').and(page.locator(':focus')).waitFor();
    for (let stop = 0; stop < 4; stop += 1) {
      await page.keyboard.press('Tab');
      await page.locator('[role=dialog] :focus').waitFor({ state: 'attached' });
    }
    if (close === 'Escape') {
      await page.keyboard.press('Escape');
    } else {
      await dialog.getByRole('button', { name: 'Cancel' }).click();
    }
    await dialog.waitFor({ state: 'hidden' });
    await opener.and(page.locator(':focus')).waitFor();
  }
});

test('does not lose what was typed into a dialog: a click beside it does nothing, and Escape asks', async () => {
  const { page } = await dashboard.open('/organization');
  await page.getByRole('button', { name: 'New organization' }).click();
  const dialog = page.getByRole('dialog', { name: 'New organization' });
  const question = page.getByRole('alertdialog', { name: 'Discard what you typed?' });
  const name = dialog.getByLabel('Name');
  await name.fill('Acme');
  await page.mouse.click(5, 5);
  await name.press('Escape');
  await question.getByRole('button', { name: 'Go on typing' }).click();
  await question.waitFor({ state: 'hidden' });
  expect(await name.inputValue()).toBe('Acme');
  await name.press('Escape');
  await question.getByRole('button', { name: 'Discard' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'New organization' }).and(page.locator(':focus')).click();
  expect(await name.inputValue()).toBe('');
  await name.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
});

test('moves the focus to the field at fault, else to what the server says, with a reference for support', async () => {
  const visit = await dashboard.open('/organization', { allow: [/status of 400/] });
  const { page } = visit;
  const dialog = page.getByRole('dialog', { name: 'New organization' });
  await page.getByRole('button', { name: 'New organization' }).click();
  await dialog.getByRole('button', { name: 'Create organization' }).click();
  const name = dialog.getByLabel('Name').and(page.locator('[aria-invalid=true]:focus'));
  await name.waitFor();
  const described = await name.getAttribute('aria-describedby');
  expect(await page.locator(`[id="${described}"]`).innerText()).toMatch(/^Name must /);
  await name.fill('Acme');
  const problem = toProblem(503, 'Out of order', 'Come back later.');
  const mend = await failRequests(visit, { method: 'POST', path: /\/api\/organizations$/ }, problem);
  await dialog.getByRole('button', { name: 'Create organization' }).click();
  const failure = page.locator('.form-failure:focus');
  await failure.waitFor();
  expect(await failure.innerText()).toMatch(/^Out of order\. Come back later\.\s+For support: request 0a1b$/);
  await mend();
});

test('keeps a confirmation open with the reason of a failure, and clears it at the next opening', async () => {
  const app = await dashboard.server.createApp({ name: 'Questioned' });
  const visit = await dashboard.open(`/apps/${app.alias}/settings`);
  const { page } = visit;
  const dialog = page.getByRole('alertdialog', { name: 'Delete Questioned?' });
  const path = /\/api\/apps\/[^/]+$/;
  const mend = await failRequests(visit, { method: 'DELETE', path });
  await page.getByRole('button', { name: 'Delete app' }).click();
  await dialog.getByRole('button', { name: 'Delete app' }).click();
  expect(await dialog.getByRole('alert').innerText()).toBe(UNREACHABLE);
  await dialog.getByRole('button', { name: 'Keep as it is' }).click();
  await page.getByRole('button', { name: 'Delete app' }).and(page.locator(':focus')).click();
  await dialog.waitFor();
  expect(await dialog.getByRole('alert').count()).toBe(0);
  await mend();
  const release = await holdRequests(visit, { method: 'DELETE', path });
  await dialog.getByRole('button', { name: 'Delete app' }).click();
  // It keeps the focus while it is busy, and a second press does nothing.
  await dialog.getByRole('button', { name: 'One moment…' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Enter');
  release();
  await page.getByRole('heading', { name: 'Apps', level: 1 }).waitFor();
});
