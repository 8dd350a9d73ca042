import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Parser } from 'htmlparser2';
import { createJunit } from '../../../action/src/report/junit.ts';
import type { ActionRecord } from '../../helpers/action/action-process.ts';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import type { FaultRule } from '../../helpers/network/fault-proxy.ts';

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

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** Parses XML more strictly than the parser: every tag must be closed by its own name. */
function parseXml(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const element = { name, attributes, children: [], text: '' };
        open.at(-1)?.children.push(element);
        open.push(element);
      },
      ontext(text) {
        const element = open.at(-1);
        if (element) {
          element.text += text;
        }
      },
      onclosetag(name, isImplied) {
        const isSelfClosing = isImplied && new RegExp(`<${name}[^<>]*/>`).test(xml);
        if (isImplied && !isSelfClosing) {
          throw new Error(`<${name}> is not closed`);
        }
        expect(open.pop()?.name).toBe(name);
      },
      onerror(error) {
        throw error;
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
  expect(open).toEqual([root]);
  return root;
}

/** Characters that XML 1.0 cannot contain, even as a reference. */
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

function readJunit(record: Pick<ActionRecord, 'reports'>) {
  const xml = record.reports.junit;
  expect(xml).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/);
  expect(xml).not.toMatch(NOT_XML);
  const [suites] = parseXml(xml).children.filter(({ name }) => name === 'testsuites');
  const [suite, ...more] = suites?.children ?? [];
  expect(more).toEqual([]);
  const { tests, failures, errors, skipped, time } = suite?.attributes ?? {};
  expect(suites?.attributes).toMatchObject({ tests, failures, errors, skipped, time });
  return { suite, counts: { tests, failures, errors, skipped }, cases: suite?.children ?? [] };
}

/** Changes the real check's flows. */
function replaceFlows(flows: readonly { name: string; status: string; error: string | null }[]): FaultRule {
  const count = (wanted: string) => flows.filter(({ status }) => status === wanted).length;
  const shown = {
    flows: flows.map((flow) => ({ ...flow, duration_ms: 1234 })),
    counts: {
      total: flows.length,
      passed: count('passed'),
      failed: count('failed'),
      skipped: count('skipped'),
    },
  };
  return {
    on: /^GET .*\/checks\//,
    repeats: true,
    faults: [{ kind: 'rewrite', body: (real) => JSON.stringify({ ...JSON.parse(real), ...shown }) }],
  };
}

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
      check: expect.objectContaining({
        id: record.outputs['check-id'],
        triggered_by: 'api_key',
        counts: { total: 2, passed: 1, failed: 1, skipped: 0 },
        metadata: expect.objectContaining({ branch: 'main' }),
      }),
    });
    expect(report.check.flows).toEqual([
      { name: 'GET /', status: 'passed', duration_ms: expect.any(Number), error: null },
      expect.objectContaining({ name: 'GET /pricing', error: expect.stringContaining('500') }),
    ]);
  });

  test('leaves a JUnit file with one test case per flow', async () => {
    const flows = [
      { name: 'GET /', status: 'passed', error: null },
      { name: 'GET /pricing', status: 'failed', error: 'responded 500' },
      { name: 'GET /quiet', status: 'failed', error: null },
      { name: 'GET /admin', status: 'skipped', error: null },
    ];
    const scenario = await host.open({ rules: [replaceFlows(flows)] });
    const record = await scenario.run();
    const { suite, counts, cases } = readJunit(record);
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
    const flows = names.map((name) => ({ name, status: 'failed', error: name }));
    const scenario = await host.open({ rules: [replaceFlows(flows)] });
    const record = await scenario.run();
    const { cases, counts } = readJunit(record);
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

describe('a check without a result of its own', () => {
  const SLOW_SHOP = { '/': { body: '<h1>Shop</h1>', delayMs: 9000 } };

  test('that could not run is an error', async () => {
    const scenario = await host.open();
    await scenario.site.stop();
    const record = await scenario.run();
    const { counts, cases } = readJunit(record);
    expect(counts).toEqual({ tests: '1', failures: '0', errors: '1', skipped: '0' });
    const [error] = cases[0]?.children ?? [];
    expect(error?.name).toBe('error');
    expect(error?.attributes.message).toMatch(/^The check could not run: /);
    expect(JSON.parse(record.reports.json)).toMatchObject({ status: 'failed', conclusion: 'error' });
  });

  test('that was cancelled is an error', async () => {
    const scenario = await host.open({ pages: SLOW_SHOP });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/wait=/);
    action.kill('SIGINT');
    const record = await action.ended;
    const { counts, cases } = readJunit(record);
    expect(counts).toMatchObject({ tests: '1', errors: '1' });
    expect(cases[0]?.children[0]?.attributes.message).toMatch(/^The step was cancelled \(SIGINT\)\. /);
    expect(JSON.parse(record.reports.json)).toMatchObject({
      conclusion: 'cancelled',
      problem: expect.stringContaining('The step was cancelled'),
    });
  });

  test('that someone cancelled on the server is an error', async () => {
    const scenario = await host.open({ pages: SLOW_SHOP });
    const action = await scenario.start();
    const { path } = await scenario.proxy.waitFor(/wait=/);
    const headers = { authorization: `Bearer ${scenario.app.apiKey}` };
    await fetch(`${host.server.url}${path.replace(/\?.*/, '')}/cancel`, { method: 'POST', headers });
    const { cases } = readJunit(await action.ended);
    expect(cases[0]?.children[0]?.attributes.message).toMatch(/^The check was cancelled: /);
  });

  test('that was not waited for until its end is an error', async () => {
    const scenario = await host.open({ pages: SLOW_SHOP });
    const inputs = { 'timeout-minutes': '0.02', 'cancel-on-timeout': 'false' };
    const record = await scenario.run({ inputs });
    const { counts, cases } = readJunit(record);
    expect(counts).toEqual({ tests: '1', failures: '0', errors: '1', skipped: '0' });
    expect(cases[0]?.children[0]?.text).toMatch(/^The wait for the check timed out: /);
    expect(JSON.parse(record.reports.json)).toMatchObject({ status: 'running', conclusion: null });
  });

  test('that was not waited for at all is not an error', async () => {
    const scenario = await host.open();
    const record = await scenario.run({ inputs: { wait: 'false' } });
    expect(readJunit(record).counts).toEqual({ tests: '0', failures: '0', errors: '0', skipped: '0' });
    expect(JSON.parse(record.reports.json)).toMatchObject({
      check_id: record.outputs['check-id'],
      status: 'scheduled',
      conclusion: null,
      problem: null,
      check: null,
    });
  });

  test('that was never created leaves no files', async () => {
    const scenario = await host.open({
      rules: [{ on: /trigger$/, faults: [{ kind: 'silence' }], repeats: true }],
    });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/trigger$/);
    action.kill('SIGINT');
    expect((await action.ended).outputs).toMatchObject({ 'report-file': '', 'junit-file': '' });
  });
});

test('a check that timed out counts its failed flow, and the time-out as an error', () => {
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
      ...{ created_at: '', started_at: null, finished_at: null, url, document: {} },
    },
    status: 'running',
    conclusion: null,
    problem: 'Timed out',
  });
  const { suite, counts: told, cases } = readJunit({ reports: { json: '', junit } });
  expect(suite?.attributes).toEqual({ name: 'Qassandra', time: '0.001', ...told });
  expect(told).toEqual({ tests: '2', failures: '1', errors: '1', skipped: '0' });
  expect(cases.map(({ attributes }) => attributes.name)).toEqual(['GET /', 'The check']);
});

test('a file that cannot be written is a warning, and the gate’s result stays', async () => {
  const scenario = await host.open({ pages: BROKEN_SHOP });
  const RUNNER_TEMP = join(import.meta.dirname, 'no', 'such', 'folder');
  const failing = await scenario.run({ env: { RUNNER_TEMP } });
  expect(failing.exitCode).toBe(1);
  expect(failing.warnings).toEqual([expect.stringMatching(/^No report files were written: ENOENT/)]);
  expect(failing.outputs).toMatchObject({ conclusion: 'failure', 'report-file': '', 'junit-file': '' });
  const passing = await scenario.run({ env: { RUNNER_TEMP }, inputs: { 'fail-on': 'error' } });
  expect(passing.exitCode).toBe(0);
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

test('without the runner’s folder the files go to the system’s temporary folder', async () => {
  const scenario = await host.open();
  const { outputs, reports } = await scenario.run({ env: { RUNNER_TEMP: '' } });
  expect(outputs['report-file']).toMatch(/qassandra-[0-9a-f-]+\.json$/);
  expect(JSON.parse(reports.json)).toMatchObject({ conclusion: 'success' });
});
