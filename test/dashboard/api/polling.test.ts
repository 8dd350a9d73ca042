import { expect, test } from '@jest/globals';
import type { Visit } from '../../helpers/browser/browser.ts';
import { passTimeUntil, setUpHostedDashboard } from '../../helpers/browser/dashboard.ts';
import { setTabShown } from '../../helpers/browser/tab.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import { insertCheck, passed } from '../../helpers/server/checks.ts';
import { createTestOrganization } from '../../helpers/server/organization.ts';
import type { TestPerson } from '../../helpers/server/sign-in.ts';

const dashboard = setUpHostedDashboard();

const row = ({ page }: Visit, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });

/** An app of an organization with an admin and a member. */
async function createShop(alias: string) {
  const [admin, member] = [await dashboard.signIn(), await dashboard.signIn()];
  const organization = await createTestOrganization(dashboard.server, admin);
  await organization.invite(member.email);
  const body = { name: alias, alias, url: 'http://127.0.0.1:9', organization_id: organization.id };
  const { id } = (await asAdmin(dashboard.server, 'post', '/api/apps', admin.cookie).send(body)).body;
  const removeMember = async () => {
    const path = `${organization.path}/members/${member.id}`;
    expect((await asAdmin(dashboard.server, 'delete', path, admin.cookie)).status).toBe(204);
  };
  await asAdmin(dashboard.server, 'get', '/api/apps', member.cookie);
  return { id, alias, admin, member, removeMember };
}

function openAs(person: TestPerson, path: string): Promise<Visit> {
  return dashboard.open(path, { cookie: person.cookie, hasClock: true, allow: [/status of 404/] });
}

test('an unchanged list is a 304 without a body; a hidden tab asks nothing, and at once when it is shown', async () => {
  const { admin, alias } = await createShop('unchanged');
  const visit = await openAs(admin, '/');
  const { page } = visit;
  await row(visit, alias).waitFor();
  const isList = (url: string) => new URL(url).pathname === '/api/apps';
  const answered = page.waitForResponse((response) => isList(response.url()));
  await page.clock.fastForward(12_000);
  const answer = await answered;
  expect([answer.status(), (await answer.request().sizes()).responseBodySize]).toEqual([304, 0]);
  expect(answer.headers()).not.toHaveProperty('content-encoding');

  await setTabShown(page, false);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  for (let minute = 0; minute < 5; minute += 1) {
    await page.clock.fastForward(60_000);
  }
  expect(asked).toEqual([]);
  const again = page.waitForRequest((request) => isList(request.url()));
  await setTabShown(page, true);
  await again;
});

test('a live check lets go of its request in a hidden tab, and is read at once when it is shown', async () => {
  const { id: appId, admin, alias } = await createShop('hidden');
  const flows = [passed('GET /')];
  const id = await insertCheck(dashboard.server, { id: appId }, { conclusion: null, flows });
  const visit = await openAs(admin, '/');
  const { page } = visit;
  const held = page.waitForRequest(/\?wait=25/);
  await page.goto(`/apps/${alias}/checks/${id}`);
  await held;
  const released = page.waitForEvent('requestfailed', (request) => request.url().includes('?wait=25'));
  await setTabShown(page, false);
  await released;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  for (let minute = 0; minute < 5; minute += 1) {
    await page.clock.fastForward(60_000);
  }
  expect(asked).toEqual([]);
  const end = `status = 'finished', conclusion = 'success', claimable_at = null, finished_at = now()`;
  await dashboard.server.query(`update checks set ${end}, revision = revision + 1 where id = $1`, [id]);
  await setTabShown(page, true);
  await page.getByText('Passed', { exact: false }).first().waitFor();
});

test('a member who was removed sees it, and nothing of the app any more', async () => {
  const { id, member, alias, removeMember } = await createShop('removed');
  await insertCheck(dashboard.server, { id }, { metadata: { branch: 'secret-branch' } });
  const visit = await openAs(member, '/');
  const { page } = visit;
  await row(visit, alias).getByRole('link', { name: alias }).click();
  await page.getByText('secret-branch').first().waitFor();
  await removeMember();
  await passTimeUntil(visit, page.getByRole('alert'));
  await page.getByText('secret-branch').first().waitFor({ state: 'detached' });
  await page.getByText('http://127.0.0.1:9').waitFor({ state: 'detached' });
  expect(await page.getByRole('alert').count()).toBe(1);
  await page.getByRole('link', { name: 'Back to your apps' }).click();
  await page.locator('h1:focus').getByText('Apps').waitFor();
  await row(visit, alias).waitFor({ state: 'detached' });
});

test.each(['settings', 'ended check'])(
  'an app that was deleted in another tab is gone from the page of %s',
  async (kind) => {
    const { id, admin, alias } = await createShop(kind.replace(' ', '-'));
    const check = await insertCheck(dashboard.server, { id }, { flows: [passed('GET /pricing')] });
    const isSettings = kind === 'settings';
    const visit = await openAs(
      admin,
      isSettings ? `/apps/${alias}/settings` : `/apps/${alias}/checks/${check}`,
    );
    const { page } = visit;
    const shown = isSettings
      ? page.getByRole('heading', { name: 'API key' })
      : page.getByRole('region', { name: 'Result' });
    await shown.waitFor();
    await asAdmin(dashboard.server, 'delete', `/api/apps/${id}`, admin.cookie);
    await passTimeUntil(visit, page.getByRole('alert').first());
    await shown.waitFor({ state: 'detached' });
  },
);

test('all times of a page go on together, with one timer, and not in a hidden tab', async () => {
  const { id, admin, alias } = await createShop('clock');
  for (const minutesAgo of [0, 0, 3]) {
    await insertCheck(dashboard.server, { id }, { minutesAgo });
  }
  const visit = await openAs(admin, `/apps/${alias}`);
  const { page } = visit;
  const times = page.locator('td time');
  await times.nth(2).getByText('3 minutes ago').waitFor();
  await page.clock.fastForward(60_000);
  await times.nth(0).getByText('1 minute ago').waitFor();
  expect(await times.allInnerTexts()).toEqual(['1 minute ago', '1 minute ago', '4 minutes ago']);
  await setTabShown(page, false);
  await page.clock.fastForward(600_000);
  expect(await times.allInnerTexts()).toEqual(['1 minute ago', '1 minute ago', '4 minutes ago']);
  await setTabShown(page, true);
  await times.nth(2).getByText('14 minutes ago').waitFor();
  expect(await times.allInnerTexts()).toEqual(['11 minutes ago', '11 minutes ago', '14 minutes ago']);
});
