import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { parse } from 'yaml';
import { setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { asAdmin } from '../../helpers/network/requests.ts';

const dashboard = setUpDashboard();

const section = (page: Page) => page.getByRole('region', { name: 'Use it in CI' });
const read = (page: Page, name: string) => section(page).getByRole('region', { name }).innerText();

/** The settings of an app with these fields. */
async function openSettings(fields: object): Promise<Page> {
  const { body } = await asAdmin(dashboard.server, 'post', '/api/apps').send({ name: 'App', ...fields });
  const { page } = await dashboard.open(`/apps/${body.alias}/settings`);
  await section(page).waitFor();
  return page;
}

test('the workflow and the command have this server and this app filled in', async () => {
  const page = await openSettings({ name: 'Filled in', alias: 'filled-in' });
  const origin = dashboard.server.url.replace('127.0.0.1', 'localhost');
  const workflow = parse(await read(page, 'the workflow'));
  expect(workflow).toMatchObject({
    on: { push: { branches: ['main'] }, pull_request: null },
    permissions: { contents: 'read' },
  });
  expect(workflow.jobs.check.steps).toEqual([
    {
      uses: 'qassandra/qassandra@v1',
      with: {
        'api-key': `\${{ secrets.QASSANDRA_API_KEY }}`,
        'app-id': 'filled-in',
        'server-url': origin,
      },
    },
  ]);
  const curl = await read(page, 'the curl command');
  expect(curl).toContain(`${origin}/api/apps/filled-in/trigger`);
  expect(curl).toContain('"$QASSANDRA_API_KEY"');
  await section(page).getByText('The check shows up under Filled in, and can be watched').waitFor();
});

test.each([
  ['null', 'on'],
  ['0123', '1.0'],
  ['true', 'it\'s: [odd] # "quoted"'],
  ['plain', 'release/2026'],
])('YAML reads the alias %s and the branch %s as the text they are', async (alias, branch) => {
  const page = await openSettings({ alias, main_branch: branch });
  const workflow = parse(await read(page, 'the workflow'));
  expect(workflow.on.push.branches).toEqual([branch]);
  expect(workflow.jobs.check.steps[0].with['app-id']).toBe(alias);
});

test.each([
  ['https://github.com/octo-org/shop', 'https://github.com/octo-org/shop/settings/secrets/actions'],
  ['https://github.com/octo-org/shop.git/', 'https://github.com/octo-org/shop/settings/secrets/actions'],
])('the repository %s leads to its secrets', async (repository, secrets) => {
  const page = await openSettings({ repository_url: repository });
  const link = section(page).getByRole('link', { name: "Open the repository's Actions secrets" });
  expect([await link.getAttribute('href'), await link.getAttribute('rel')]).toEqual([secrets, 'noreferrer']);
});
