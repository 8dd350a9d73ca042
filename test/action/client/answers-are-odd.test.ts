import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import type { Fault, FaultRule } from '../../helpers/network/fault-proxy.ts';
import { startSite } from '../../helpers/network/site.ts';

/** The tests run at the same time: each waits for an action of its own. */
jest.setTimeout(120_000);
let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterAll(() => host.stop());

const SHORT = { 'timeout-minutes': '0.005' };
const TRIGGER = /trigger$/;
const READ = /^GET .*\/checks\//;

/** Replaces members of the real answer, or removes those that are undefined. */
function change(members: object): Fault {
  return { kind: 'rewrite', body: (real) => JSON.stringify({ ...JSON.parse(real), ...members }) };
}

const always = (on: RegExp, fault: Fault): FaultRule => ({ on, faults: [fault], repeats: true });

describe('an older server’s minimal answer', () => {
  const RECEIPT = { message: undefined, app_id: undefined, app_name: undefined, metadata: undefined };
  const CHECK = { revision: undefined, created_at: undefined, started_at: undefined, finished_at: undefined };

  test.concurrent('is understood for a successful check', async () => {
    const flows = [{ name: 'GET /', status: 'passed' }];
    const scenario = await host.open({
      rules: [
        always(TRIGGER, change(RECEIPT)),
        always(
          READ,
          change({
            ...CHECK,
            status: 'finished',
            conclusion: 'success',
            flows,
            counts: { total: 1, passed: 1, failed: 0, skipped: 0 },
          }),
        ),
      ],
    });
    const record = await scenario.run();
    expect(record).toMatchObject({ exitCode: 0, errors: [], warnings: [] });
    expect(record.summary).toMatch(/^## ✅ Qassandra: success\n/);
    expect(record.summary).toContain('<td>1</td><td>1</td><td>0</td><td>0</td><td>–</td>');
    expect(record.stdout).toContain('✓ GET / (0 ms)\n');
    expect(record.reports.junit).toContain('<testsuite name="Qassandra" ');
    expect(JSON.parse(record.reports.json)).toMatchObject({ app_id: '', compared_with: null });
  });

  test.concurrent('is understood for a check that could not run', async () => {
    const scenario = await host.open({
      rules: [
        always(
          READ,
          change({
            status: 'failed',
            conclusion: 'error',
            error: null,
            flows: [],
            counts: { total: 0, passed: 0, failed: 0, skipped: 0 },
          }),
        ),
      ],
    });
    const record = await scenario.run();
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringMatching(/^The check could not run: the server gives no reason\. See http/),
    ]);
  });

  test.concurrent('is understood for many flows that failed without a reason', async () => {
    const names = ['GET /a', 'GET /b', 'GET /c', 'GET /d'];
    const flows = [
      ...names.map((name) => ({ name, status: 'failed', duration_ms: 125_000 })),
      { name: 'GET /e', status: 'skipped', duration_ms: 120_000 },
    ];
    const counts = { total: 5, passed: 0, failed: 4, skipped: 1 };
    const scenario = await host.open({
      rules: [always(READ, change({ status: 'finished', conclusion: 'failure', flows, counts }))],
    });
    const record = await scenario.run();
    expect(record.exitCode).toBe(1);
    expect(record.errors.slice(0, 4)).toEqual(names.map((name) => `${name}: failed`));
    expect(record.errors.at(-1)).toMatch(
      /^The check failed: 4 of 5 flows failed, 0 passed, 1 skipped\. Failed: GET \/a \(no reason given\); .*GET \/c \(no reason given\), and 1 more\. See /,
    );
    expect(record.stdout).toContain('✕ GET /a (2 min 5 s)\n');
    expect(record.stdout).toContain('– GET /e (2 min)\n');
    expect(record.summary).toContain('<td>GET /a</td><td>no reason given</td>');
  });

  test.concurrent('is understood for a failure without a failed flow', async () => {
    const shown = { status: 'finished', conclusion: 'failure', flows: [] };
    const counts = { total: 2, passed: 1, failed: 1, skipped: 0 };
    const scenario = await host.open({ rules: [always(READ, change({ ...shown, counts }))] });
    const record = await scenario.run();
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringMatching(/^The check failed: 1 of 2 flows failed, 1 passed\. See /),
    ]);
  });
});

describe('refuses an answer other than a check', () => {
  test.concurrent.each<[string, object]>([
    ['no id', { id: 'x' }],
    ['an unknown status', { status: 'paused' }],
    ['a URL that no browser opens', { url: 'javascript:alert(1)' }],
    ['a URL that is not a text', { url: 7 }],
    ['no counts', { counts: null }],
    ['negative counts', { counts: { total: -1, passed: 0, failed: 0, skipped: 0 } }],
    ['no flows', { flows: null }],
    ['a flow without a name', { flows: [{ status: 'passed' }] }],
    ['a flow with an unknown status', { flows: [{ name: 'x', status: 'flaky' }] }],
    ['the id of another check', { id: '11111111-2222-4333-8444-555555555555' }],
    ['a conclusion that contradicts the status', { status: 'failed', conclusion: 'success' }],
    ['a cancelled conclusion of a finished check', { status: 'finished', conclusion: 'cancelled' }],
    ['a conclusion of a running check', { status: 'running', conclusion: 'success' }],
    ['a finished check without a conclusion', { status: 'finished', conclusion: null }],
  ])('%s', async (_, members) => {
    const scenario = await host.open({ rules: [always(READ, change(members))] });
    const record = await scenario.run({ inputs: { ...SHORT, 'cancel-on-timeout': 'false' } });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringContaining('JSON that this version of the action does not understand'),
    ]);
    expect(record.outputs.conclusion).toBe('');
  });

  test.concurrent.each<[string, object]>([
    ['no id', { check_id: undefined }],
    ['an unknown status', { status: 'paused' }],
    ['a link that no browser opens', { check_url: 'file:///etc/passwd' }],
  ])('a receipt with %s is refused', async (_, members) => {
    const scenario = await host.open({ rules: [always(TRIGGER, change(members))] });
    const record = await scenario.run({ inputs: SHORT });
    expect(record.exitCode).toBe(1);
    expect(record.errors[0]).toMatch(/^The check was not triggered: .* does not understand/);
  });

  test.concurrent('an endless answer is not read to its end', async () => {
    const endless: Fault = { kind: 'answer', status: 200, body: 'x'.repeat(33 * 1024 * 1024) };
    const scenario = await host.open({ rules: [always(TRIGGER, endless)] });
    // One try is enough; on a busy machine it takes a while.
    const record = await scenario.run({ inputs: { 'timeout-minutes': '0.1' } });
    expect(record.exitCode).toBe(1);
    expect(record.stdout).toContain('(the answer is longer than 33554432 bytes). Check `server-url`');
  });
});

describe('an incomplete or unexpected refusal', () => {
  test.concurrent.each<[string, object, string]>([
    ['only a code', { code: 'no_luck' }, 'answered 400 Bad Request, no_luck.'],
    ['only a detail', { detail: 'Not today!' }, 'answered 400 Bad Request. Not today! Correct'],
    [
      'errors with a path in parts, without one, and without a message',
      { code: 'x', errors: [{ path: ['a', 0], message: 'one' }, { message: 'two' }, {}] },
      'a.0: one. body: two. body: not accepted.',
    ],
    [
      'errors whose paths are not texts',
      {
        code: 'x',
        errors: [
          { path: [{ toString: 1 }, 'a'], message: 'one' },
          { path: {}, message: 'two' },
        ],
      },
      'answered 400 Bad Request, x. a: one. body: two.',
    ],
    ['errors that are not a list', { code: 'x', errors: 'many' }, 'answered 400 Bad Request, x. '],
  ])('%s', async (_, body, message) => {
    const fault: Fault = { kind: 'answer', status: 400, body: JSON.stringify(body) };
    const scenario = await host.open({ rules: [always(TRIGGER, fault)] });
    const record = await scenario.run();
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([expect.stringContaining(message)]);
  });

  test.concurrent.each<[string, Record<string, string>]>([
    ['to nowhere', {}],
    ['to a path', { location: '/elsewhere' }],
    ['to something other than a page', { location: 'javascript:alert(1)' }],
  ])('a redirect %s', async (_, headers) => {
    const scenario = await host.open({ rules: [always(TRIGGER, { kind: 'answer', status: 302, headers })] });
    const record = await scenario.run();
    expect(record.errors).toEqual([expect.stringContaining('It redirects to another address. The key')]);
  });

  test.concurrent('does not call a 304 a redirect', async () => {
    const scenario = await host.open({ rules: [always(TRIGGER, { kind: 'answer', status: 304 })] });
    const record = await scenario.run();
    expect(record.errors).toEqual([expect.not.stringContaining('redirect')]);
    expect(record.stdout).toContain('::error title=Qassandra%3A the request was refused::');
  });

  test.concurrent('an unknown status, with cookies', async () => {
    const headers = { 'set-cookie': ['a=1', 'b=2'] };
    const scenario = await host.open({ rules: [always(TRIGGER, { kind: 'answer', status: 599, headers })] });
    const record = await scenario.run();
    expect(record.errors).toEqual([expect.stringMatching(/ answered 599\. /)]);
    expect(record.stdout).toContain('::error title=Qassandra%3A the server failed::');
  });
});

test.concurrent('shows a flow with an empty name as having none', async () => {
  const flows = [{ name: '', status: 'passed', duration_ms: 1, error: null }];
  const scenario = await host.open({ rules: [always(READ, change({ flows }))] });
  const record = await scenario.run();
  expect(record.exitCode).toBe(0);
  expect(record.stdout).toContain('✓ (without a name) (1 ms)\n');
});

test.concurrent('reads an answer that starts with a byte order mark', async () => {
  const marked: Fault = { kind: 'rewrite', body: (real) => `\uFEFF${real}` };
  const scenario = await host.open({ rules: [always(/./, marked)] });
  expect(await scenario.run()).toMatchObject({ exitCode: 0, warnings: [], errors: [] });
});

test.concurrent('names an unrequested compression as the reason', async () => {
  const headers = { 'content-encoding': 'gzip' };
  const packed: Fault = { kind: 'answer', status: 202, headers, body: '\u001f\u008b' };
  const scenario = await host.open({ rules: [always(TRIGGER, packed)] });
  const record = await scenario.run({ inputs: SHORT });
  expect(record.exitCode).toBe(1);
  expect(record.errors).toEqual([
    expect.stringContaining('an encoded body (gzip), although none was requested'),
  ]);
  expect(scenario.proxy.requests[0]?.headers['accept-encoding']).toBe('identity');
});

test.concurrent('a host with several closed addresses is reported as refusing the connection', async () => {
  const gone = await startSite({});
  await gone.stop();
  const scenario = await host.open();
  const inputs = { ...SHORT, 'server-url': gone.url.replace('127.0.0.1', 'localhost') };
  const record = await scenario.run({ inputs });
  expect(record.exitCode).toBe(1);
  expect(record.errors).toEqual([expect.stringContaining('(the connection was refused: nothing listens')]);
});
