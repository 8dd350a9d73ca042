import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { runAction, startAction } from '../helpers/action/action-process.ts';
import { startBrowser, type TestBrowser } from '../helpers/browser/browser.ts';
import { type Site, startSite } from '../helpers/network/site.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/server/database.ts';
import { type ServerProcess, startServerProcess } from '../helpers/server/server-process.ts';
import { printSignInLink } from '../helpers/server/sign-in.ts';

jest.setTimeout(180_000);

/** The server as its user starts it: a process, with all that it logs. */
let browser: TestBrowser;
let database: TestDatabase;
let server: ServerProcess;
let shop: Site;
/** Keeps a check at work until the test lets it go on (`holdChecks`). */
const slowPage = { body: 'Slow', until: Promise.resolve() };

/** From now on checks do not end before the returned function is called. */
function holdChecks(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  slowPage.until = promise;
  return resolve;
}

beforeAll(async () => {
  database = await createTestDatabase();
  const env = { DATABASE_URL: database.connectionString, LOG_LEVEL: 'trace' };
  [browser, server, shop] = await Promise.all([
    startBrowser(),
    startServerProcess({ env }),
    startSite({
      '/': '<h1>Shop</h1> <a href="/fine">Fine</a> <a href="/slow">Slow</a> <a href="/gone">Gone</a>',
      '/fine': 'Fine',
      '/slow': slowPage,
    }),
  ]);
});
afterEach(async () => {
  expect(await browser.closeVisits()).toEqual([]);
});
afterAll(async () => {
  await browser.stop();
  await server.end('SIGTERM');
  await database.drop();
  await shop.stop();
});

/** The `with:` of the step in a workflow that the page offers. */
function readStep(workflow: string): Record<string, string> {
  const inputs = /with:\n((?: {10}.+\n?)+)/.exec(workflow)?.[1] ?? '';
  return Object.fromEntries(
    inputs
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/: (.*)/s))
      .map(([name = '', value = '']) => [name, value]),
  );
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('leads from nothing to a check in CI, and replaces a key while it is used', async () => {
  const { page, goTo } = await browser.open({ server });

  // Signs in with the link that the server printed.
  await goTo(await printSignInLink({ url: server.url, connectionString: database.connectionString }));
  await page.getByRole('heading', { name: 'No apps yet' }).waitFor();
  expect(page.url()).not.toContain('token');

  // Adds an app. The alias is offered, and changed.
  await button(page, 'Add app').click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('My Shöp');
  await form.getByLabel('URL').fill(shop.url);
  expect(await form.getByLabel('Alias').inputValue()).toBe('my-shop');
  await form.getByLabel('Alias').fill('shop');
  await button(page, 'Add app').last().click();
  await page.waitForURL('**/apps/shop/settings');

  // Generates its key, and takes the workflow that stands below it.
  await button(page, 'Generate API key').click();
  const apiKey = (await page.getByRole('region', { name: 'the API key' }).innerText()).trim();
  const workflow = await page.getByRole('region', { name: 'the workflow' }).innerText();
  const { 'api-key': keyInput, ...inputs } = readStep(workflow);
  expect(keyInput).toBe('$' + '{{ secrets.QASSANDRA_API_KEY }}');
  expect(inputs).toEqual({ 'app-id': 'shop', 'server-url': server.url.replace('127.0.0.1', 'localhost') });
  // The link to where the secret is stored comes with the repository's address.
  await page.getByLabel('Repository').fill('https://github.com/acme/shop.git');
  await button(page, 'Save').first().click();
  const secrets = page.getByRole('link', { name: 'Add an Actions secret on GitHub' }).first();
  expect(await secrets.getAttribute('href')).toBe(
    'https://github.com/acme/shop/settings/secrets/actions/new',
  );

  // CI triggers a check, which is watched while it runs.
  const watcher = await browser.open({ server, cookie: await readCookies(page) });
  await watcher.goTo('/apps/shop');
  await watcher.page.getByRole('heading', { name: 'No checks yet' }).waitFor();
  const releaseFirst = holdChecks();
  const step = await startAction({ inputs: { ...inputs, 'api-key': apiKey } });
  const row = watcher.page.getByRole('row').filter({ hasText: 'Running' });
  await row.getByRole('rowheader').getByRole('link').first().click();
  const result = watcher.page.getByRole('region', { name: 'Result' });
  await result.getByText('Running').waitFor();
  await watcher.page.locator('summary', { hasText: 'passed' }).click();
  await watcher.page.getByText('GET /fine').waitFor();
  releaseFirst();
  await result.getByText('Failed').waitFor();
  await watcher.page.getByText('responded 404 Not Found; linked from /').waitFor();
  await watcher.page.getByRole('link', { name: 'ffac537' }).waitFor();
  const record = await step.ended;
  expect([record.exitCode, record.outputs.conclusion]).toEqual([1, 'failure']);
  expect(record.outputs['check-url']).toBe(watcher.page.url());

  // The key is replaced while the old one is in use: what begins after that needs the new one.
  const releaseSecond = holdChecks();
  const running = await startAction({ inputs: { ...inputs, 'api-key': apiKey } });
  // All pages but the held one are told. Until then, progress makes the action ask again, after the key is replaced.
  await Promise.all([running.printed(/ GET \/fine /), running.printed(/ GET \/gone: /)]);
  await watcher.goTo('/apps/shop');
  await row.waitFor();
  await button(page, 'Generate API key').click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Generate API key' }).click();
  await page.getByRole('alertdialog').waitFor({ state: 'hidden' });
  const next = (await page.getByRole('region', { name: 'the API key' }).innerText()).trim();
  expect(next).not.toBe(apiKey);
  releaseSecond();
  const refused = await runAction({ inputs: { ...inputs, 'api-key': apiKey } });
  expect([refused.exitCode, refused.outputs]).toEqual([1, {}]);
  expect(refused.errors.join()).toMatch(/401 Unauthorized, invalid_api_key.*replaced or removed/);
  const accepted = await runAction({ inputs: { ...inputs, 'api-key': next } });
  expect(accepted.outputs.conclusion).toBe('failure');
  // What was asked before is still answered.
  const underWay = await running.ended;
  expect(underWay.outputs.conclusion).toBe('failure');

  // Nothing of it is anywhere else.
  await page.reload();
  await page.getByText('API key refused').first().waitFor();
  const everywhere = [
    server.output(),
    await page.content(),
    await watcher.page.content(),
    JSON.stringify([record, refused, accepted, underWay]),
  ].join();
  for (const key of [apiKey, next]) {
    expect(everywhere).not.toContain(key);
  }
});

async function readCookies(page: Page): Promise<string> {
  return (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
}
