import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import type { Fault } from '../../helpers/network/fault-proxy.ts';
import { startSite } from '../../helpers/network/site.ts';

/** The tests run at the same time: each waits for an action of its own, most of the time for its pauses. */
jest.setTimeout(120_000);
let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterAll(() => host.stop());

/** 300 ms are enough for one or two tries that fail at once. A try without an answer takes 2 seconds more. */
const SHORT = { 'timeout-minutes': '0.005' };

const HTML: Fault = {
  kind: 'answer',
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><title>Sign in to the Wi-Fi</title>',
};

const FLOOD: Fault = { kind: 'raw', text: `HTTP/1.1 200 OK\r\n${'x-flood: yes\r\n'.repeat(3000)}\r\n` };

const FAULTS: [string, Fault, string][] = [
  ['an answer that never comes', { kind: 'silence' }, 'no answer within '],
  [
    'a connection cut in the middle of the answer',
    { kind: 'cut' },
    'the connection was cut before the answer was complete',
  ],
  [
    'a connection closed without an answer',
    { kind: 'drop' },
    'the connection was cut before the answer was complete',
  ],
  [
    'a body that is not JSON',
    { kind: 'answer', status: 200, body: 'OK' },
    'answered 200 with a body that is not JSON',
  ],
  ['an empty body', { kind: 'answer', status: 204 }, 'answered 204 with a body that is not JSON'],
  [
    'JSON of something else',
    { kind: 'answer', status: 200, body: '{"ok":true}' },
    'JSON that this version of the action does not understand',
  ],
  ['a web page', HTML, "with a web page, so the answer did not come from Qassandra's API"],
  [
    'an answer that switches to another protocol',
    { kind: 'raw', text: 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n' },
    'the connection was closed without an answer',
  ],
  ['too many headers', FLOOD, 'Header overflow, HPE_HEADER_OVERFLOW'],
  ['429', { kind: 'answer', status: 429 }, 'answered 429 Too Many Requests'],
  ['502', { kind: 'answer', status: 502, body: '<html>Bad gateway</html>' }, 'answered 502 Bad Gateway'],
  ['503', { kind: 'answer', status: 503 }, 'answered 503 Service Unavailable'],
  ['504', { kind: 'answer', status: 504 }, 'answered 504 Gateway Timeout'],
];

describe('a trigger that always gets this fails the step when the time is over', () => {
  test.concurrent.each(FAULTS)('%s', async (_, fault, message) => {
    const scenario = await host.open({ rules: [{ on: /trigger$/, faults: [fault], repeats: true }] });
    const record = await scenario.run({ inputs: SHORT });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([expect.stringContaining(message)]);
    expect(record.errors[0]).toMatch(/^The check was not triggered: .*Gave up after (one try|\d tries) in /);
  });

  test.concurrent('a refused connection', async () => {
    const gone = await startSite({});
    await gone.stop();
    const scenario = await host.open();
    const record = await scenario.run({ inputs: { ...SHORT, 'server-url': gone.url } });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringContaining(
        `${gone.url} could not be reached (the connection was refused: nothing listens at that address)`,
      ),
    ]);
    expect(record.stdout).toMatch(/Gave up after /);
  });
});

describe('a wait that always gets this fails the step when the time is over', () => {
  test.concurrent.each([
    ...FAULTS,
    ['500', { kind: 'answer', status: 500 }, 'answered 500 Internal Server Error'] satisfies [
      string,
      Fault,
      string,
    ],
  ])('%s', async (_, fault, message) => {
    const scenario = await host.open({ rules: [{ on: /checks/, faults: [fault], repeats: true }] });
    const record = await scenario.run({ inputs: SHORT });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringMatching(
        /^The wait for the check timed out: it had not ended after 300 ms \(`timeout-minutes`\)/,
      ),
    ]);
    expect(record.errors[0]).toContain(message);
    expect(record.errors[0]).toContain('The check continues at http');
    expect(record.outputs).toMatchObject({ status: 'scheduled', conclusion: '', total: '' });
    expect(record.summary).toContain(': result not known');
  });
});
