import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createChecksum } from '../../../server/auth/keys/api-key-form.ts';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { recordedEvent } from '../../helpers/action/events.ts';
import type { Fault } from '../../helpers/network/fault-proxy.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

function problem(status: number, code: string, detail: string): Fault {
  return {
    kind: 'answer',
    status,
    headers: { 'content-type': 'application/problem+json', 'x-request-id': 'req-77' },
    body: JSON.stringify({ type: 'about:blank', title: code, status, detail, code, request_id: 'req-77' }),
  };
}

describe('a trigger that the server refuses fails the step at once', () => {
  test('401: a key that no app has', async () => {
    const scenario = await host.open();
    const body = `qsk_${'Zz9'.repeat(12)}`;
    const record = await scenario.run({ inputs: { 'api-key': body + createChecksum(body) } });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringMatching(
        /^The check was not triggered: http\S+ answered 401 Unauthorized, \w+\. .*replaced or removed.* Request id: \S+\. Help: \S+$/,
      ),
    ]);
    expect(record.outputs).toEqual({});
    expect(scenario.proxy.requests).toHaveLength(1);
  });

  test("404: another app's key", async () => {
    const scenario = await host.open();
    const other = await host.server.createApp();
    const record = await scenario.run({ inputs: { 'app-id': other.alias } });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([expect.stringMatching(/answered 404 Not Found, \w+\. .*Check `app-id`/)]);
    expect(scenario.proxy.requests).toHaveLength(1);
  });

  test('400: an app without a URL, and none given', async () => {
    const scenario = await host.open({ withoutUrl: true });
    const record = await scenario.run();
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringMatching(/answered 400 Bad Request, app_url_missing\. .+ Correct the inputs/),
    ]);
  });

  test.each([
    [403, 'forbidden', 'Check that `api-key` is the key of this app'],
    [409, 'idempotency_key_reused', 'run the job again'],
    [413, 'body_too_large', 'shorten `commit-message`'],
    [500, 'internal', 'a fault of the server'],
    [418, 'teapot', 'Said by the server.'],
  ])('%i: shows the server’s message and what to do', async (status, code, advice) => {
    const faults = [problem(status, code, 'Said by the server')];
    const scenario = await host.open({ rules: [{ on: /trigger$/, faults, repeats: true }] });
    const record = await scenario.run();
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([expect.stringContaining(`, ${code}. Said by the server.`)]);
    expect(record.errors[0]).toContain(` answered ${status} `);
    expect(record.errors[0]).toContain(advice);
    expect(record.errors[0]).toContain('Request id: req-77.');
    expect(scenario.proxy.requests).toHaveLength(1);
    expect(await scenario.checks()).toEqual([]);
  });

  test('400: shows each field that the server names', async () => {
    const body = JSON.stringify({
      code: 'invalid_input',
      detail: 'Not accepted',
      errors: [{ path: 'branch', message: 'too long' }],
    });
    const scenario = await host.open({
      rules: [{ on: /trigger$/, faults: [{ kind: 'answer', status: 400, body }] }],
    });
    const record = await scenario.run();
    expect(record.errors).toEqual([
      expect.stringContaining('invalid_input. Not accepted. branch: too long.'),
    ]);
  });

  test('400: shows an error once if the detail contains it', async () => {
    const payload = {
      ...recordedEvent('deployment_status'),
      deployment_status: { state: 'success', environment_url: 'https://me:word@shop.test' },
    };
    const scenario = await host.open();
    const record = await scenario.run({ event: { name: 'deployment_status', payload } });
    expect(record.errors[0]?.match(/must not contain a user name or a? ?password/g)).toHaveLength(1);
    expect(record.errors[0]).toContain('the `environment_url` of the deployment');
  });

  test.each([301, 302, 307, 308])('%i: a redirect is not followed with the key', async (status) => {
    const stranger = await host.open();
    const headers = { location: `${stranger.proxy.url}/api/apps/x/trigger?token=1` };
    const scenario = await host.open({
      rules: [{ on: /trigger$/, faults: [{ kind: 'answer', status, headers }], repeats: true }],
    });
    const record = await scenario.run();
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([expect.stringContaining(`It redirects to ${stranger.proxy.url}. `)]);
    expect(record.errors[0]).toContain('Set `server-url`');
    expect(stranger.proxy.requests).toEqual([]);
  });

  test('a page of some other server: says that this is not the API', async () => {
    const fault: Fault = {
      kind: 'answer',
      status: 404,
      headers: { 'content-type': 'text/html' },
      body: '<h1>Gone</h1>',
    };
    const scenario = await host.open({ rules: [{ on: /trigger$/, faults: [fault] }] });
    const record = await scenario.run();
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringContaining("not one of Qassandra's API: is `server-url` right?"),
    ]);
  });
});

describe('a refusal during the wait fails the step', () => {
  test('401: the key was replaced in the meantime', async () => {
    const scenario = await host.open({
      pages: { '/': { body: 'slow', delayMs: 500 } },
      rules: [{ on: /checks/, faults: [problem(401, 'invalid_token', 'This key is not valid')] }],
    });
    const record = await scenario.run();
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([expect.stringContaining("The check's result could not be read: ")]);
    expect(record.outputs).toMatchObject({
      'check-id': expect.stringMatching(/-/),
      status: 'scheduled',
      conclusion: '',
    });
    expect(record.errors[0]).toContain(`The check may continue at ${record.outputs['check-url']}`);
    expect(record.summary).toContain(': result not known');
    expect(record.summary).toContain('This key is not valid');
  });

  test.each([
    [401, '{}', 'the key was refused'],
    [404, '{"code":"app_not_found","detail":"There is no such app."}', 'no such app for this key'],
    [400, '{"detail":"Not like this."}', 'the request was refused'],
    [409, '{"code":"conflict","detail":"Not now."}', 'the request was refused'],
  ])('%i is final, and its advice is not that for a trigger', async (status, body, title) => {
    const headers = { 'content-type': 'application/problem+json; charset=utf-8' };
    const scenario = await host.open({
      rules: [{ on: /checks/, faults: [{ kind: 'answer', status, headers, body }] }],
    });
    const record = await scenario.run();
    expect(record.exitCode).toBe(1);
    expect(record.stdout).toContain(`::error title=Qassandra%3A ${title}::`);
    expect(record.errors).toEqual([expect.not.stringMatching(/idempotency|app_url/)]);
    expect(scenario.proxy.requests.filter(({ path }) => path.includes('/checks/'))).toHaveLength(1);
  });
});

test('a refusal with a code counts as the server’s even if a proxy changed its type', async () => {
  const body = '{"code":"app_not_found","detail":"There is no such app."}';
  const scenario = await host.open({
    rules: [{ on: /checks/, faults: [{ kind: 'answer', status: 404, body }] }],
  });
  expect((await scenario.run()).exitCode).toBe(1);
});

test('a key in the address of a redirect is not shown, even if it is split', async () => {
  const key = { value: '' };
  const scenario = await host.open({
    rules: [
      {
        on: /trigger$/,
        faults: [
          {
            kind: 'raw',
            get text() {
              const taken = `${key.value.slice(0, 9)}\t${key.value.slice(9)}`;
              return `HTTP/1.1 302 Found\r\nlocation: https://${taken}.test/\r\ncontent-length: 0\r\n\r\n`;
            },
          },
        ],
      },
    ],
  });
  key.value = scenario.app.apiKey;
  const record = await scenario.run();
  expect(record.errors).toEqual([expect.stringContaining('redirects to')]);
  expect(JSON.stringify(record).toLowerCase()).not.toContain(key.value.slice(4).toLowerCase());
});

test('a server that says the key back does not get it into log, summary or outputs', async () => {
  const key = { value: '' };
  const scenario = await host.open({
    rules: [
      {
        on: /trigger$/,
        faults: [
          {
            kind: 'rewrite',
            body: (real) =>
              JSON.stringify({ ...JSON.parse(real), app_name: key.value, warnings: [key.value] }),
          },
        ],
      },
      {
        on: /checks/,
        repeats: true,
        faults: [
          {
            kind: 'rewrite',
            body: (real) =>
              JSON.stringify({
                ...JSON.parse(real),
                flows: [{ name: key.value, status: 'failed', error: key.value }],
              }),
          },
        ],
      },
    ],
  });
  key.value = scenario.app.apiKey;
  const record = await scenario.run();
  expect(record.warnings).toEqual(['***', expect.stringContaining('***')]);
});

test.each([
  ['a tab', '\\t'],
  ['a line break', '\\r\\n'],
  ['an escaped line break', '\\u000A'],
])('a server that splits the key by %s does not get it into a URL', async (_, written) => {
  const key = { value: '' };
  const scenario = await host.open({
    rules: [
      {
        on: /checks/,
        repeats: true,
        faults: [
          {
            kind: 'rewrite',
            body: (real) => {
              const taken = key.value.slice(0, 9) + written + key.value.slice(9);
              return `{"url":"https://me:${taken}@shop.test/","error":"${key.value.toUpperCase()} ${key.value.slice(4)}",${real.slice(1).replace(/"(url|error)":/g, '"_$1":')}`;
            },
          },
        ],
      },
    ],
  });
  key.value = scenario.app.apiKey;
  const record = await scenario.run();
  expect(record.exitCode).toBe(0);
  expect(record.summary).toContain('https://me:***@shop.test/');
  expect(JSON.stringify(record).toLowerCase()).not.toContain(key.value.toLowerCase());
});

test('a server that writes the key with escapes does not get it through; other escapes stay', async () => {
  const key = { value: '' };
  const body = (real: string) => {
    const warnings = ['said KEY', '\\u0071', '"\t\u0000é\u0022'];
    const text = JSON.stringify({ ...JSON.parse(real), warnings });
    return text.replace('KEY', `\\u0071\\u0073k\\u005F${key.value.slice(4)}`);
  };
  const scenario = await host.open({ rules: [{ on: /trigger$/, faults: [{ kind: 'rewrite', body }] }] });
  key.value = scenario.app.apiKey;
  const record = await scenario.run();
  expect(record).toMatchObject({ exitCode: 0, warnings: ['said ***', '\\u0071', '" é"'] });
});
