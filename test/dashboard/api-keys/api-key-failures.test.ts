import { expect, test } from '@jest/globals';
import {
  API_KEY,
  createKeyApps,
  dialog,
  generate,
  press,
  section,
  shownKey,
} from '../../helpers/browser/api-key-card.ts';
import { passTimeUntil, setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { failRequests, toProblem } from '../../helpers/browser/interception.ts';

const dashboard = setUpDashboard();
const { createApp, openSettings, isAccepted } = createKeyApps(dashboard);

test('shows why no key was generated, and can try again', async () => {
  const app = await createApp();
  const { page, allow } = await openSettings(app);
  await section(page).getByText('This app has no API key.').waitFor();
  allow(/ERR_FAILED/);
  await page.route('**/api-key', (route) =>
    route.request().method() === 'POST' ? route.abort() : route.continue(),
  );
  await press(page, 'Generate API key');
  expect(await section(page).getByRole('alert').innerText()).toContain('The server does not answer.');
  expect(await page.content()).not.toMatch(API_KEY);
  await page.unroute('**/api-key');
  expect(await generate(page)).toMatch(API_KEY);
  expect(await section(page).getByRole('alert').count()).toBe(0);
});

test.each([
  ['Generate API key', 'POST'],
  ['Remove API key', 'DELETE'],
] as const)('keeps the key if “%s” fails, and says why in the dialog', async (name, method) => {
  const app = await createApp({ withKey: true });
  const visit = await openSettings(app);
  const { page } = visit;
  const problem = toProblem(503, 'Out of order', 'Come back later.');
  const mend = await failRequests(visit, { method, path: /\/api-key$/ }, problem);
  await press(page, name);
  await dialog(page).getByRole('button', { name }).click();
  expect(await dialog(page).getByRole('alert').innerText()).toContain('Out of order. Come back later.');
  expect(await shownKey(page).count()).toBe(0);
  expect(await isAccepted(app, app.apiKey)).toBe(true);
  await mend();
  await dialog(page).getByRole('button', { name }).click();
  await dialog(page).waitFor({ state: 'hidden' });
  expect(await isAccepted(app, app.apiKey)).toBe(false);
});

test('shows a change that the server made even if its answer is lost', async () => {
  const app = await createApp({ withKey: true });
  const { page, context, allow } = await openSettings(app);
  allow(/ERR_FAILED/);
  // The server does its work; its answer does not arrive.
  await context.route(/\/api-key$/, async (route) => {
    if (route.request().method() === 'DELETE') {
      await route.fetch();
      await route.abort();
    } else {
      await route.fallback();
    }
  });
  await press(page, 'Remove API key');
  await dialog(page).getByRole('button', { name: 'Remove API key' }).click();
  await section(page).getByText('This app has no API key.').waitFor({ state: 'attached' });
  expect(await isAccepted(app, app.apiKey)).toBe(false);
});

test('shows why the key could not be read, and reads it after “Try again”', async () => {
  const app = await createApp({ withKey: true });
  const visit = await openSettings(app, { hasClock: true });
  const { page } = visit;
  await section(page).getByText('Last used').waitFor();
  const problem = toProblem(503, 'Out of order', 'Come back later.');
  const mend = await failRequests(visit, { path: /\/api-key$/ }, problem);
  await page.reload();
  await passTimeUntil(visit, section(page).getByRole('alert'));
  expect(await section(page).getByRole('alert').innerText()).toContain('Come back later.');
  expect(
    await section(page)
      .getByRole('button', { name: /API key/ })
      .count(),
  ).toBe(0);
  await mend();
  await section(page).getByRole('button', { name: 'Try again' }).click();
  await section(page)
    .getByText(`${app.apiKey.slice(0, 8)}…${app.apiKey.slice(-4)}`)
    .waitFor();
});
