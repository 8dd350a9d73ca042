import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Scenario, type ScenarioHost, startScenarioHost } from '../helpers/action-scenario.ts';
import type { Fault } from '../helpers/fault-proxy.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const FAULTS: [string, Fault][] = [
  ['502', { kind: 'answer', status: 502, body: '<html>Bad gateway</html>' }],
  ['503', { kind: 'answer', status: 503 }],
  ['504', { kind: 'answer', status: 504 }],
  ['429 with seconds', { kind: 'answer', status: 429, headers: { 'retry-after': '1' } }],
  [
    '429 with a date that is over',
    { kind: 'answer', status: 429, headers: { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' } },
  ],
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

describe('a trigger that fails once is sent again, and makes one check', () => {
  test.each(FAULTS)('%s', async (_, fault) => {
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

test('a trigger outlives one fault after the other', async () => {
  const faults: Fault[] = [{ kind: 'drop' }, { kind: 'answer', status: 503 }, { kind: 'cut' }];
  const scenario = await host.open({ rules: [{ on: /trigger$/, faults }] });
  const record = await scenario.run();
  expect(record.exitCode).toBe(0);
  expect(triggersOf(scenario)).toHaveLength(4);
  expect(await scenario.checks()).toHaveLength(1);
});

describe('a poll that fails is sent again, and the check decides', () => {
  test.each([...FAULTS, ['500', { kind: 'answer', status: 500 }] satisfies [string, Fault]])(
    '%s',
    async (_, fault) => {
      const scenario = await host.open({ rules: [{ on: /checks/, faults: [fault] }] });
      const record = await scenario.run();
      expect(record.exitCode).toBe(0);
      expect(record.outputs.conclusion).toBe('success');
      expect(record.stdout).toMatch(/The check's result could not be read: .* Trying again in /);
      expect(await scenario.checks()).toHaveLength(1);
    },
  );
});

test('Retry-After beyond the timeout ends the step at once, and says so', async () => {
  const headers = { 'retry-after': '3600' };
  const scenario = await host.open({
    rules: [{ on: /trigger$/, faults: [{ kind: 'answer', status: 429, headers }] }],
  });
  const record = await scenario.run();
  expect(record.exitCode).toBe(1);
  expect(record.errors).toEqual([
    expect.stringContaining(
      'The server asks to wait 60 min, which is longer than the time that is left. Gave up after one try',
    ),
  ]);
});

test('a server that does not hold polls is not flooded', async () => {
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
