import { basename } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createJunit } from '../../../action/src/report/junit.ts';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { readJunit } from '../../helpers/action/junit.ts';
import { rewriteCheck, type ShownFlow, showFlows } from '../../helpers/action/rewritten-check.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const BROKEN_SHOP = {
  '/': '<h1>Shop</h1><a href="/pricing">Pricing</a>',
  '/pricing': { status: 500, body: 'Oops' },
};

describe('a check that ended', () => {
  test('leaves a JSON file with everything the server says about it', async () => {
    const scenario = await host.open({ pages: BROKEN_SHOP });
    const record = await scenario.run();
    const report = JSON.parse(record.reports.json);
    expect(report).toEqual({
      check_id: record.outputs['check-id'],
      check_url: record.outputs['check-url'],
      app_id: scenario.app.id,
      app_name: expect.stringMatching(/^App /),
      status: 'finished',
      conclusion: 'failure',
      problem: null,
      compared_with: null,
      incomplete: null,
      warnings: [],
      failures: [{ reason: report.check.flows[1].error, flows: ['GET /pricing'], newly_failed: null }],
      check: expect.objectContaining({
        id: record.outputs['check-id'],
        triggered_by: 'api_key',
        counts: { total: 2, passed: 1, failed: 1, skipped: 0 },
        metadata: expect.objectContaining({ branch: 'main' }),
      }),
    });
    expect(report.check.flows).toEqual([
      { name: 'GET /', status: 'passed', duration_ms: expect.any(Number), error: null, cause: null },
      expect.objectContaining({ name: 'GET /pricing', error: expect.stringContaining('500') }),
    ]);
  });

  test('leaves a JUnit file with one test case per flow', async () => {
    const flows: ShownFlow[] = [
      { name: 'GET /', status: 'passed', error: null },
      { name: 'GET /pricing', status: 'failed', error: 'responded 500' },
      { name: 'GET /quiet', status: 'failed', error: null },
      { name: 'GET /admin', status: 'skipped', error: null },
    ];
    const scenario = await host.open({ rules: [rewriteCheck(showFlows(flows))] });
    const record = await scenario.run();
    const { suite, counts, cases } = await readJunit(record.reports.junit);
    expect(counts).toEqual({ tests: '4', failures: '2', errors: '0', skipped: '1' });
    expect(suite?.attributes).toMatchObject({ time: '4.936' });
    expect(Date.parse(suite?.attributes.timestamp ?? '')).not.toBeNaN();
    expect(cases.map(({ attributes }) => attributes)).toEqual(
      flows.map(({ name }) => ({ name, classname: suite?.attributes.name, time: '1.234' })),
    );
    const found = cases.map(({ children }) => children[0]);
    expect(found.map((child) => child?.name)).toEqual([undefined, 'failure', 'failure', 'skipped']);
    expect(found[1]).toMatchObject({ attributes: { message: 'responded 500' }, text: 'responded 500' });
    expect(found[2]).toMatchObject({ attributes: { message: 'no reason given' } });
  });

  test('leaves well-formed files for any names of pages', async () => {
    const names = [
      'GET /]]><x>',
      'GET /"\'&amp;&lt;',
      'a\tb\nc\rd',
      '\u0000\u0008\u000b\u001f\u007f\ufffe\uffff',
      '😀 é 漢 \u{10FFFF}',
      '\ud800 and \udc00',
      '<!-- --> <?xml?> <![CDATA[x]]>',
    ];
    const flows = names.map((name) => ({ name, status: 'failed' as const, error: name }));
    const scenario = await host.open({ rules: [rewriteCheck(showFlows(flows))] });
    const record = await scenario.run();
    const { cases, counts } = await readJunit(record.reports.junit);
    expect(counts).toMatchObject({ tests: '7', failures: '7' });
    const shown = cases.map(({ attributes }) => attributes.name);
    expect(shown).toEqual([
      ...names.slice(0, 3),
      '\ufffd\ufffd\ufffd\ufffd\u007f\ufffd\ufffd',
      names[4],
      '\ufffd and \ufffd',
      names[6],
    ]);
    expect(cases.map(({ children }) => children[0]?.text)).toEqual(shown);
    expect(JSON.parse(record.reports.json).check.flows[0].name).toBe(names[0]);
  });
});

describe('a check that has no result of its own', () => {
  const SLOW_SHOP = { '/': { body: '<h1>Shop</h1>', delayMs: 9000 } };

  test('is an error if it could not run', async () => {
    const scenario = await host.open();
    await scenario.site.stop();
    const record = await scenario.run();
    const { counts, cases } = await readJunit(record.reports.junit);
    expect(counts).toEqual({ tests: '1', failures: '0', errors: '1', skipped: '0' });
    const [error] = cases[0]?.children ?? [];
    expect(error?.name).toBe('error');
    expect(error?.attributes.message).toMatch(/^The check could not run: /);
    expect(JSON.parse(record.reports.json)).toMatchObject({ status: 'failed', conclusion: 'error' });
  });

  test('is an error if it was cancelled', async () => {
    const scenario = await host.open({ pages: SLOW_SHOP });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/wait=/);
    action.kill('SIGINT');
    const record = await action.ended;
    const { counts, cases } = await readJunit(record.reports.junit);
    expect(counts).toMatchObject({ tests: '1', errors: '1' });
    expect(cases[0]?.children[0]?.attributes.message).toMatch(/^The step was cancelled \(SIGINT\)\. /);
    expect(JSON.parse(record.reports.json)).toMatchObject({
      conclusion: 'cancelled',
      problem: expect.stringContaining('The step was cancelled'),
    });
  });

  test('is an error if someone cancelled it on the server', async () => {
    const scenario = await host.open({ pages: SLOW_SHOP });
    const action = await scenario.start();
    const { path } = await scenario.proxy.waitFor(/wait=/);
    const headers = { authorization: `Bearer ${scenario.app.apiKey}` };
    await fetch(`${host.server.url}${path.replace(/\?.*/, '')}/cancel`, { method: 'POST', headers });
    const { cases } = await readJunit((await action.ended).reports.junit);
    expect(cases[0]?.children[0]?.attributes.message).toMatch(/^The check was cancelled: /);
  });

  test('is an error if the step did not wait until its end', async () => {
    const scenario = await host.open({ pages: SLOW_SHOP });
    const inputs = { 'timeout-minutes': '0.02', 'cancel-on-timeout': 'false' };
    const record = await scenario.run({ inputs });
    const { counts, cases } = await readJunit(record.reports.junit);
    expect(counts).toEqual({ tests: '1', failures: '0', errors: '1', skipped: '0' });
    expect(cases[0]?.children[0]?.text).toMatch(/^The wait for the check timed out: /);
    expect(JSON.parse(record.reports.json)).toMatchObject({ status: 'running', conclusion: null });
  });

  test('is no error if the step did not wait at all', async () => {
    const scenario = await host.open();
    const record = await scenario.run({ inputs: { wait: 'false' } });
    expect((await readJunit(record.reports.junit)).counts).toEqual({
      tests: '0',
      failures: '0',
      errors: '0',
      skipped: '0',
    });
    expect(JSON.parse(record.reports.json)).toMatchObject({
      check_id: record.outputs['check-id'],
      status: 'scheduled',
      conclusion: null,
      problem: null,
      check: null,
    });
  });

  test('leaves no files if it was never created', async () => {
    const scenario = await host.open({
      rules: [{ on: /trigger$/, faults: [{ kind: 'silence' }], repeats: true }],
    });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/trigger$/);
    action.kill('SIGINT');
    expect((await action.ended).outputs).toMatchObject({ 'report-file': '', 'junit-file': '' });
  });
});

test('a check that timed out counts its failed flow, and the time-out as an error', async () => {
  const flow = {
    name: 'GET /',
    status: 'failed',
    duration_ms: 1,
    error: 'responded 500',
    cause: null,
  } as const;
  const counts = { total: 1, passed: 0, failed: 1, skipped: 0 };
  const url = 'https://qassandra.example/checks/1';
  const receipt = {
    ...{ check_id: '1', app_id: '2', app_name: '', check_url: url, warnings: [] },
    status: 'scheduled' as const,
  };
  const junit = createJunit(receipt, {
    receipt,
    check: {
      ...{ id: '1', status: 'running', conclusion: null, revision: 3, counts, flows: [flow], error: null },
      ...{ incomplete: null, warnings: [], created_at: '', started_at: null, finished_at: null, url },
      document: {},
    },
    status: 'running',
    conclusion: null,
    problem: 'Timed out',
  });
  const { suite, counts: told, cases } = await readJunit(junit);
  expect(suite?.attributes).toEqual({ name: 'Qassandra', time: '0.001', ...told });
  expect(told).toEqual({ tests: '2', failures: '1', errors: '1', skipped: '0' });
  expect(cases.map(({ attributes }) => attributes.name)).toEqual(['GET /', 'The check']);
});

test('two checks of a job do not overwrite each other’s files', async () => {
  const [shop, blog] = await Promise.all([host.open(), host.open({ pages: BROKEN_SHOP })]);
  const [one, other, again] = await Promise.all([shop.run(), blog.run(), blog.run()]);
  const names = [one, other, again].flatMap(({ outputs }) => [
    basename(outputs['report-file'] ?? ''),
    basename(outputs['junit-file'] ?? ''),
  ]);
  expect(new Set(names).size).toBe(6);
});
