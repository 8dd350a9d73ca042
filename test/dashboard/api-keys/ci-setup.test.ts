import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { parse } from 'yaml';
import type { Visit } from '../../helpers/browser/browser.ts';
import { setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { asAdmin } from '../../helpers/network/requests.ts';

const dashboard = setUpDashboard();

/** The commit that the pages under test were built from. */
const COMMIT = readFileSync(new URL('../../../server/dashboard/dist/commit.txt', import.meta.url), 'utf8');

const section = (page: Page) => page.getByRole('region', { name: 'Use it in CI' });
const read = (page: Page, name: string) => section(page).getByRole('region', { name }).innerText();

/** Opens the settings of a new app with these fields, in the page of `visit` if there is one. */
async function openSettings(fields: object, visit?: Visit): Promise<Visit> {
  const { body } = await asAdmin(dashboard.server, 'post', '/api/apps').send({ name: 'App', ...fields });
  const path = `/apps/${body.alias}/settings`;
  const opened = visit ?? (await dashboard.open(path));
  if (visit) {
    await visit.goTo(path);
  }
  await section(opened.page).waitFor();
  return opened;
}

test('fills this server and this app into the workflow and the command', async () => {
  const { page } = await openSettings({ name: 'Filled in', alias: 'filled-in' });
  const origin = dashboard.server.url.replace('127.0.0.1', 'localhost');
  const workflow = parse(await read(page, 'the workflow'));
  expect(workflow).toMatchObject({
    on: { push: { branches: ['main'] }, pull_request: null },
    permissions: { contents: 'read' },
  });
  expect(workflow.jobs.check.steps).toEqual([
    {
      uses: `qassandra/qassandra@${COMMIT}`,
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

test('quotes aliases and branches that YAML would not read as text', async () => {
  let visit: Visit | undefined;
  for (const [alias, branch] of [
    ['null', 'on'],
    ['0123', '1.0'],
    ['true', 'it\'s: [odd] # "quoted"'],
    ['plain', 'release/2026'],
  ] as const) {
    visit = await openSettings({ alias, main_branch: branch }, visit);
    const workflow = parse(await read(visit.page, 'the workflow'));
    expect(workflow.on.push.branches).toEqual([branch]);
    expect(workflow.jobs.check.steps[0].with['app-id']).toBe(alias);
  }
});

test('links to the secrets of the repository, also from the address of a clone', async () => {
  let visit: Visit | undefined;
  for (const repository of ['https://github.com/octo-org/shop', 'https://github.com/octo-org/shop.git/']) {
    visit = await openSettings({ repository_url: repository }, visit);
    const link = section(visit.page).getByRole('link', { name: 'Add an Actions secret on GitHub' });
    expect([await link.getAttribute('href'), await link.getAttribute('rel')]).toEqual([
      'https://github.com/octo-org/shop/settings/secrets/actions/new',
      'noreferrer',
    ]);
  }
});

test('says that GitHub cannot reach a server on localhost, and what works', async () => {
  const { page } = await openSettings({ alias: 'unreachable' });
  const origin = dashboard.server.url.replace('127.0.0.1', 'localhost');
  await section(page).getByText(`GitHub’s own runners cannot reach ${origin}`).waitFor();
  expect(await read(page, 'the command for a tunnel')).toBe(`cloudflared tunnel --url ${origin}`);
  expect(await read(page, 'the command for a check')).toBe(
    `npm run qassandra -- check --app unreachable --server ${origin}`,
  );
  await section(page).getByText('runs-on: self-hosted').waitFor();
});

/** Opens the settings of a new app with other values in the document than this server has. */
async function openWithMeta(alias: string, values: Record<string, string>): Promise<Page> {
  const { body } = await asAdmin(dashboard.server, 'post', '/api/apps').send({ name: 'App', alias });
  const { page, goTo } = await dashboard.open('/');
  await page.route('**/settings', async (route) => {
    const answer = await route.fetch();
    let html = await answer.text();
    for (const [name, value] of Object.entries(values)) {
      html = html.replace(new RegExp(`(name="${name}" content=")[^"]*`), `$1${value}`);
    }
    await route.fulfill({ response: answer, body: html });
  });
  await goTo(`/apps/${body.alias}/settings`);
  await section(page).waitFor();
  return page;
}

test('says nothing of that for a public address', async () => {
  const page = await openWithMeta('reachable', {
    'qassandra-reach': 'public',
    'qassandra-public-url': 'https://checks.example.com',
  });
  const { jobs } = parse(await read(page, 'the workflow'));
  expect(jobs.check.steps[0].with['server-url']).toBe('https://checks.example.com');
  expect(await section(page).getByText('cannot reach').count()).toBe(0);
});

test('names a place to fill in where the build does not know its commit', async () => {
  const page = await openWithMeta('unknown', { 'qassandra-action-ref': '' });
  const { jobs } = parse(await read(page, 'the workflow'));
  expect(jobs.check.steps[0].uses).toBe('qassandra/qassandra@COMMIT');
  await section(page).getByText('by the commit of the action that you have read').waitFor();
});
