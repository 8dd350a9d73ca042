import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Scenario, type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { type LookupAnswer, resolving, startingWith } from '../../helpers/action/runtime.ts';
import type { Fault } from '../../helpers/network/fault-proxy.ts';

/** The tests run at the same time: each waits for an action of its own, most of the time for its pauses. */
jest.setTimeout(120_000);
let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterAll(() => host.stop());

const BALANCERS_408 =
  'HTTP/1.0 408 Request Time-out\r\nconnection: close\r\ncontent-type: text/html\r\n\r\n<html><body><h1>408 Request Time-out</h1></body></html>';

const FAULTS: [string, Fault][] = [
  ['408', { kind: 'answer', status: 408 }],
  ['408 of a balancer', { kind: 'raw', text: BALANCERS_408 }],
  ['502', { kind: 'answer', status: 502, body: '<html>Bad gateway</html>' }],
  ['503', { kind: 'answer', status: 503 }],
  ['504', { kind: 'answer', status: 504 }],
  ...[520, 521, 522, 523, 524, 530].map((status): [string, Fault] => [
    `Cloudflare’s ${status}`,
    { kind: 'answer', status, body: '<html>Connection timed out</html>' },
  ]),
  ['429 with seconds', { kind: 'answer', status: 429, headers: { 'retry-after': '1' } }],
  [
    '429 with a date that is over',
    { kind: 'answer', status: 429, headers: { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' } },
  ],
  ['429 with a negative time', { kind: 'answer', status: 429, headers: { 'retry-after': '-5' } }],
  ['429 with nonsense', { kind: 'answer', status: 429, headers: { 'retry-after': 'soon' } }],
  ['a cut connection', { kind: 'cut' }],
  ['a closed connection', { kind: 'drop' }],
  ['a connection closed after the server did its work', { kind: 'drop', forwarded: true }],
  [
    'a web page',
    { kind: 'answer', status: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' },
  ],
];

function triggersOf(scenario: Scenario) {
  return scenario.proxy.requests.filter((seen) => seen.method === 'POST');
}

describe('a trigger that fails once is sent again, and creates one check', () => {
  test.concurrent.each(FAULTS)('%s', async (_, fault) => {
    const scenario = await host.open({ rules: [{ on: /trigger$/, faults: [fault] }] });
    const record = await scenario.run();
    expect(record.exitCode).toBe(0);
    const [first, second, ...more] = triggersOf(scenario);
    expect(more).toEqual([]);
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    expect(second?.body).toBe(first?.body);
    expect(await scenario.checks()).toHaveLength(1);
  });
});

describe('the step tries again only within the timeout after', () => {
  test.concurrent.each([408, 520, 530])('%d', async (status) => {
    const fault: Fault = { kind: 'answer', status, body: '<h1>Not now</h1>' };
    const scenario = await host.open({ rules: [{ on: /trigger$/, faults: [fault], repeats: true }] });
    const record = await scenario.run({ inputs: { 'timeout-minutes': '0.02' } });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringMatching(
        new RegExp(`^The check was not triggered: .* answered ${status}.* Gave up after \\d tries in `),
      ),
    ]);
  });
});

describe('a host name', () => {
  test.concurrent('does not fail the step if it resolves a moment later', async () => {
    const scenario = await host.open();
    const { port } = new URL(scenario.proxy.url);
    const record = await scenario.run({
      inputs: { 'server-url': `http://late.test:${port}` },
      env: resolving({ 'late.test': ['ENOTFOUND', 'EAI_AGAIN', ['127.0.0.1']] }),
    });
    expect(record).toMatchObject({ exitCode: 0, outputs: { conclusion: 'success' } });
    expect(record.stdout).toMatch(/\(the host name does not resolve\)\. .* Trying again in \d+ ms\./);
    expect(record.stdout).toMatch(/\(the host name does not resolve at the moment\)\. .* Trying again in /);
  });

  test.concurrent.each<LookupAnswer>(['ENOTFOUND', 'EAI_AGAIN'])(
    'is tried for seconds if it never resolves (%s), however long the timeout is',
    async (code) => {
      const scenario = await host.open();
      const record = await scenario.run({
        inputs: { 'server-url': 'http://mistyped.test', 'timeout-minutes': '60' },
        env: resolving({ 'mistyped.test': [code] }),
      });
      expect(record.exitCode).toBe(1);
      expect(record.errors).toEqual([
        expect.stringMatching(/the host name does not resolve.* Gave up after [3-7] tries in \d+(\.\d)? s\./),
      ]);
    },
  );

  test.concurrent('does not end the wait for a check if it stops resolving', async () => {
    const scenario = await host.open({
      pages: { '/': { body: 'slow', delayMs: 2500 } },
      rules: [{ on: /checks/, faults: [{ kind: 'drop' }] }],
    });
    const { port } = new URL(scenario.proxy.url);
    const record = await scenario.run({
      inputs: { 'server-url': `http://away.test:${port}` },
      env: resolving({ 'away.test': [['127.0.0.1'], 'ENOTFOUND', 'EAI_AGAIN', ['127.0.0.1']] }),
    });
    expect(record).toMatchObject({ exitCode: 0, outputs: { conclusion: 'success' } });
    expect(record.stdout).toMatch(/could not be read: .*does not resolve at the moment.* Trying again in /);
  });
});

test.concurrent('a trigger survives several faults in a row', async () => {
  const faults: Fault[] = [{ kind: 'drop' }, { kind: 'answer', status: 503 }, { kind: 'cut' }];
  const scenario = await host.open({ rules: [{ on: /trigger$/, faults }] });
  const record = await scenario.run();
  expect(record.exitCode).toBe(0);
  expect(triggersOf(scenario)).toHaveLength(4);
  expect(await scenario.checks()).toHaveLength(1);
});

describe('a failed poll is sent again, and the check’s result counts', () => {
  test.concurrent.each([
    ...FAULTS,
    [
      'a gateway’s 403',
      { kind: 'answer', status: 403, body: '{"code":"AccessDenied","detail":"No."}' },
    ] satisfies [string, Fault],
    ...[500, 403, 404, 425].map((status): [string, Fault] => [
      `${status} of what stands before the server`,
      {
        kind: 'answer',
        status,
        headers: { 'content-type': 'text/html' },
        body: `<h1>${status}</h1>`,
      },
    ]),
    ['a redirect', { kind: 'answer', status: 302, headers: { location: 'https://example.com/' } }] satisfies [
      string,
      Fault,
    ],
  ])('%s', async (_, fault) => {
    const scenario = await host.open({ rules: [{ on: /checks/, faults: [fault] }] });
    const record = await scenario.run();
    expect(record.exitCode).toBe(0);
    expect(record.outputs.conclusion).toBe('success');
    expect(record.stdout).toMatch(/The check's result could not be read: .* Trying again in /);
    expect(await scenario.checks()).toHaveLength(1);
  });
});

test.concurrent('Retry-After beyond the timeout ends the step at once, and the error says so', async () => {
  const headers = { 'retry-after': '3600' };
  const scenario = await host.open({
    rules: [{ on: /trigger$/, faults: [{ kind: 'answer', status: 429, headers }] }],
  });
  const record = await scenario.run();
  expect(record.exitCode).toBe(1);
  expect(record.errors).toEqual([
    expect.stringContaining(
      'The server asks to wait 60 min, which is longer than the remaining time. Gave up after one try',
    ),
  ]);
});

test.concurrent('Retry-After beyond the longest job is shown as five days', async () => {
  const fault: Fault = { kind: 'answer', status: 503, headers: { 'retry-after': '9'.repeat(400) } };
  const scenario = await host.open({ rules: [{ on: /trigger$/, faults: [fault] }] });
  const record = await scenario.run();
  expect(record.errors).toEqual([expect.stringContaining('asks to wait 7200 min, which is longer')]);
});

test.concurrent('Retry-After as a date is compared with the server’s clock', async () => {
  const date = 'Wed, 21 Oct 2099 07:28:00 GMT';
  const headers = { date, 'retry-after': 'Wed, 21 Oct 2099 07:28:01 GMT' };
  const scenario = await host.open({
    rules: [{ on: /trigger$/, faults: [{ kind: 'answer', status: 503, headers }] }],
  });
  const record = await scenario.run();
  expect(record.exitCode).toBe(0);
  expect(record.stdout).toMatch(/answered 503 .* Trying again in 1(\.\d)? s\./);
});

test.concurrent('Retry-After as a date is compared with the local clock if the server does not send its own', async () => {
  const text = 'HTTP/1.1 503 Busy\r\nretry-after: Wed, 21 Oct 2099 07:28:01 GMT\r\n\r\n';
  const scenario = await host.open({ rules: [{ on: /trigger$/, faults: [{ kind: 'raw', text }] }] });
  const record = await scenario.run();
  expect(record.errors).toEqual([
    expect.stringContaining('The server asks to wait 7200 min, which is longer'),
  ]);
});

test.concurrent.each([
  ['1.5', /Trying again in (1\.[5-9]|2(\.\d)?) s\./],
  ['32.5 apples', /Trying again in \d+ ms\./],
  ['-2099', /Trying again in \d+ ms\./],
  ['1 Jan 2099', /Trying again in \d+ ms\./],
])('Retry-After: %s', async (value, told) => {
  const fault: Fault = { kind: 'answer', status: 503, headers: { 'retry-after': value } };
  const scenario = await host.open({ rules: [{ on: /trigger$/, faults: [fault] }] });
  const record = await scenario.run();
  expect(record.exitCode).toBe(0);
  expect(record.stdout).toMatch(told);
});

test.concurrent('Retry-After of zero lets the pauses grow', async () => {
  const fault: Fault = { kind: 'answer', status: 503, headers: { 'retry-after': '0' } };
  const scenario = await host.open({ rules: [{ on: /trigger$/, faults: [fault], repeats: true }] });
  const record = await scenario.run({ inputs: { 'timeout-minutes': '0.05' } });
  expect(record.exitCode).toBe(1);
  // The pauses are at least 250, 500, 1,000 and 2,000 ms.
  expect(triggersOf(scenario).length).toBeLessThanOrEqual(4);
  expect(record.errors).toEqual([expect.not.stringContaining('The server asks to wait')]);
});

test.concurrent('Retry-After of a poll beyond the timeout leaves one more try at the end', async () => {
  const fault: Fault = { kind: 'answer', status: 503, headers: { 'retry-after': '3600' } };
  const scenario = await host.open({ rules: [{ on: /checks/, faults: [fault] }] });
  const record = await scenario.run({ inputs: { 'timeout-minutes': '0.02' } });
  expect(record).toMatchObject({ exitCode: 0, outputs: { conclusion: 'success' } });
});

test.concurrent('a system clock set ahead does not end the wait', async () => {
  const scenario = await host.open({ pages: { '/': { body: '<h1>Shop</h1>', delayMs: 600 } } });
  const env = startingWith(
    'const now = Date.now; let looks = 0; Date.now = () => now() + 3_600_000 * looks++;',
  );
  expect(await scenario.run({ env })).toMatchObject({ exitCode: 0, outputs: { conclusion: 'success' } });
});

test.concurrent('a server that does not hold polls does not get too many', async () => {
  const scenario = await host.open({
    pages: { '/': { body: 'slow', delayMs: 2500 } },
    rules: [{ on: /checks/, faults: [{ kind: 'unheld' }], repeats: true }],
  });
  const record = await scenario.run();
  expect(record.exitCode).toBe(0);
  const polls = scenario.proxy.requests.filter(({ path }) => path.includes('/checks/'));
  expect(polls.length).toBeGreaterThan(2);
  expect(polls.length).toBeLessThan(10);
});
