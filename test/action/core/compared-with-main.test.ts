import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Scenario, type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import type { Fault } from '../../helpers/network/fault-proxy.ts';
import type { SitePage } from '../../helpers/network/site.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const BROKEN: SitePage = { status: 500, body: 'Oops' };
const LINKS = '<a href="/a">A</a><a href="/b">B</a><a href="/c">C</a>';

/** Creates a shop whose pages can break and be repaired between two checks. */
function createShop() {
  const pages: Record<string, SitePage> = { '/': LINKS, '/a': 'A', '/b': 'B', '/c': 'C' };
  return pages;
}

function runOn(scenario: Scenario, branch: string, inputs: Record<string, string> = {}) {
  return scenario.run({ inputs: { branch, ...inputs } });
}

/** Returns the summary's text about the comparison, without markup. */
function readComparison(summary: string): string | undefined {
  return /<p>(Since .*)<\/p>/.exec(summary)?.[1]?.replace(/<[^>]+>/g, '');
}

/** Lists the pages in the table of failures, in its order. */
function listFailures(summary: string): string[] {
  return [...summary.matchAll(/<tr><td>(GET .*?)<\/td>/g)].map(([, name = '']) => name);
}

describe('since the last check of the main branch', () => {
  test('new failures, old failures and fixed flows are told apart', async () => {
    const pages = createShop();
    const scenario = await host.open({ pages });
    Object.assign(pages, { '/a': BROKEN, '/b': BROKEN });
    const main = await runOn(scenario, 'main');
    Object.assign(pages, { '/b': 'B', '/c': BROKEN });
    const record = await runOn(scenario, 'feature');

    expect(record.exitCode).toBe(1);
    expect(readComparison(record.summary)).toBe(
      'Since the last check of main: 1 new failure; 1 that failed there too; fixed: GET /b.',
    );
    expect(record.summary).toContain(`<a href="${main.outputs['check-url']}">the last check of main</a>`);
    // The new failure is first, although it was found last.
    expect(listFailures(record.summary)).toEqual(['GET /c <strong>(new)</strong>', 'GET /a']);
    expect(JSON.parse(record.reports.json)).toMatchObject({
      compared_with: {
        branch: 'main',
        url: main.outputs['check-url'],
        newly_failed: ['GET /c'],
        fixed: ['GET /b'],
      },
    });
  });

  test('an unchanged check says that nothing is new', async () => {
    const pages = createShop();
    const scenario = await host.open({ pages });
    Object.assign(pages, { '/a': BROKEN });
    await runOn(scenario, 'main');
    const record = await runOn(scenario, 'feature');
    expect(readComparison(record.summary)).toBe(
      'Since the last check of main: nothing new fails; 1 that failed there too.',
    );
    expect(listFailures(record.summary)).toEqual(['GET /a']);
  });

  test('a check of the main branch is compared with the one before it, and never with itself', async () => {
    const pages = createShop();
    const scenario = await host.open({ pages });
    const before = await runOn(scenario, 'main');
    expect(readComparison(before.summary)).toBeUndefined();
    Object.assign(pages, { '/a': BROKEN });
    const record = await runOn(scenario, 'main');
    expect(readComparison(record.summary)).toBe('Since the last check of main: 1 new failure.');
    expect(record.summary).toContain(`<a href="${before.outputs['check-url']}">`);
  });

  test('does not compare with other branches or unfinished checks', async () => {
    const scenario = await host.open({ pages: createShop() });
    await runOn(scenario, 'other');
    const gone = 'http://127.0.0.1:1/';
    await runOn(scenario, 'main', { 'app-url': gone });
    const record = await runOn(scenario, 'feature');
    expect(readComparison(record.summary)).toBeUndefined();
    expect(JSON.parse(record.reports.json)).toMatchObject({ compared_with: null });
  });

  test('does not compare with a pull request whose branch has the main branch’s name, as in a fork', async () => {
    const pages = createShop();
    const scenario = await host.open({ pages });
    const main = await runOn(scenario, 'main');
    Object.assign(pages, { '/a': BROKEN });
    await runOn(scenario, 'main', { 'pull-request-number': '7' });
    const record = await runOn(scenario, 'feature');
    expect(readComparison(record.summary)).toBe('Since the last check of main: 1 new failure.');
    expect(record.summary).toContain(`<a href="${main.outputs['check-url']}">the last check of main</a>`);
  });

  const fork = {
    number: 7,
    head: { sha: 'abc', ref: 'main', repo: { full_name: 'someone/shop' }, user: { login: 'someone' } },
  };
  test.each<[string, { name: string; payload: object; isOfPreview?: boolean }]>([
    ['another system’s event', { name: 'repository_dispatch', payload: {} }],
    ['a run by hand for a preview', { name: 'workflow_dispatch', payload: {}, isOfPreview: true }],
    ['a fork’s branch called main', { name: 'pull_request_target', payload: { pull_request: fork } }],
    [
      'a deleted fork’s branch called main',
      {
        name: 'pull_request_target',
        payload: { pull_request: { ...fork, head: { ...fork.head, repo: null } } },
      },
    ],
    ['a fork’s branch without its payload', { name: 'pull_request_target', payload: {} }],
  ])('does not take %s for a check of the main branch', async (_, { isOfPreview = false, ...event }) => {
    const pages = createShop();
    const scenario = await host.open({ pages });
    const onMain = { GITHUB_REF: 'refs/heads/main' };
    const main = await scenario.run({ env: onMain });
    expect(main.outputs.conclusion).toBe('success');
    Object.assign(pages, { '/a': BROKEN });
    const foreign = await scenario.run({
      event,
      env: { ...onMain, ...(event.name === 'pull_request_target' && { GITHUB_HEAD_REF: 'main' }) },
      inputs: isOfPreview ? { 'app-url': scenario.site.url } : {},
    });
    expect(foreign.outputs.conclusion).toBe('failure');

    const record = await scenario.run({ env: onMain });
    expect(readComparison(record.summary)).toBe('Since the last check of main: 1 new failure.');
    expect(record.summary).toContain(`<a href="${main.outputs['check-url']}">the last check of main</a>`);
  });

  test('looks back past any number of pull requests from the main branch', async () => {
    const pages = createShop();
    const scenario = await host.open({ pages });
    const main = await runOn(scenario, 'main');
    await host.server.query(
      `insert into checks (id, app_id, status, conclusion, target_url, metadata, flows, triggered_by, claimable_at)
       select gen_random_uuid(), app_id, status, 'failure', target_url, '{"branch": "main", "pull_request_id": "7"}',
         '[{"name": "GET /a", "status": "failed", "duration_ms": 1, "error": "responded 500"}]', triggered_by, null
       from checks, generate_series(1, 230) where app_id = $1`,
      [scenario.app.id],
    );
    Object.assign(pages, { '/a': BROKEN });
    const record = await runOn(scenario, 'feature');
    expect(readComparison(record.summary)).toBe('Since the last check of main: 1 new failure.');
    expect(record.summary).toContain(`<a href="${main.outputs['check-url']}">the last check of main</a>`);
  });

  test("the app's own main branch is what counts", async () => {
    const scenario = await host.open({ pages: createShop() });
    await host.server.query("update apps set main_branch = 'trunk & <co>' where id = $1", [scenario.app.id]);
    await runOn(scenario, 'trunk & <co>');
    const record = await runOn(scenario, 'main');
    expect(record.summary).toContain('the last check of trunk &amp; &lt;co&gt;</a>: nothing new fails.</p>');
  });

  test('names ten of many fixed flows', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `/page-${index}`);
    const pages: Record<string, SitePage> = {
      '/': names.map((name) => `<a href="${name}">x</a>`).join(''),
      ...Object.fromEntries(names.map((name) => [name, BROKEN])),
    };
    const scenario = await host.open({ pages });
    await runOn(scenario, 'main');
    for (const name of names) {
      pages[name] = 'Mended';
    }
    const record = await runOn(scenario, 'feature');
    expect(readComparison(record.summary)).toMatch(/nothing new fails; fixed: (GET \S+, ){10}and 2 more\.$/);
  });
});

describe('a failed comparison changes nothing else', () => {
  const COMPARISON = /^GET .*\/comparison$/;
  const answer = (body: object): Fault => ({ kind: 'answer', status: 200, body: JSON.stringify(body) });

  test.each<[string, Fault, RegExp]>([
    [
      'it is refused',
      { kind: 'answer', status: 500 },
      /last check of the main branch could not be read: .* 500/,
    ],
    ['it has no branch', answer({ base: null }), /does not understand/],
    ['it does not say whether there is a base', answer({ branch: 'main' }), /does not understand/],
    [
      'its base has no address',
      answer({ branch: 'main', base: { url: 'x', failures: [] } }),
      /does not understand/,
    ],
    [
      'its base has no list of failures',
      answer({ branch: 'main', base: { url: 'https://example.com/', failures: {} } }),
      /does not understand/,
    ],
    ['the connection is cut', { kind: 'cut' }, /could not be reached/],
  ])('%s', async (_, fault, reason) => {
    const scenario = await host.open({
      pages: createShop(),
      rules: [{ on: COMPARISON, faults: ['pass', fault] }],
    });
    await runOn(scenario, 'main');
    const record = await runOn(scenario, 'feature');
    expect(record).toMatchObject({ exitCode: 0, errors: [], warnings: [] });
    expect(record.outputs).toMatchObject({ conclusion: 'success', total: '4' });
    expect(readComparison(record.summary)).toBeUndefined();
    expect(record.debug).toContainEqual(expect.stringMatching(/^Not compared with the main branch: /));
    expect(record.debug.join('\n')).toMatch(reason);
  });

  test('waits at most three seconds for a server that does not answer', async () => {
    const scenario = await host.open({
      pages: createShop(),
      rules: [{ on: COMPARISON, faults: [{ kind: 'silence' }] }],
    });
    const record = await runOn(scenario, 'feature');
    expect(record).toMatchObject({ exitCode: 0, errors: [], warnings: [] });
    expect(record.debug).toContainEqual(expect.stringMatching(/^Not compared .*\(no answer within 3 s\)/));
  });

  test('takes failures without a name or a cause as they are', async () => {
    const base = { url: 'https://example.com/', failures: [{ name: 'GET /a' }, {}] };
    const scenario = await host.open({
      pages: createShop(),
      rules: [{ on: COMPARISON, faults: [answer({ branch: 'main', base })] }],
    });
    const record = await runOn(scenario, 'feature');
    expect(readComparison(record.summary)).toBe(
      'Since the last check of main: nothing new fails; fixed: GET /a.',
    );
  });
});
