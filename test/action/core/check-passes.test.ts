import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import type { Fault } from '../../helpers/network/fault-proxy.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const SHOP = {
  '/': '<h1>Shop</h1><a href="/pricing">Pricing</a>',
  '/pricing': '<h1>Pricing</h1>',
};

describe('a check that succeeds', () => {
  test('passes the step, with outputs, a summary and a notice', async () => {
    const scenario = await host.open({ pages: SHOP });
    const record = await scenario.run();

    expect(record.exitCode).toBe(0);
    expect(record.errors).toEqual([]);
    expect(record.notices).toEqual(['The check succeeded: 2 of 2 flows passed.']);
    const [check] = await scenario.checks();
    expect(record.outputs).toEqual({
      'check-id': check?.id,
      'check-url': expect.stringContaining(`/checks/${check?.id}`),
      status: 'finished',
      conclusion: 'success',
      total: '2',
      passed: '2',
      failed: '0',
      skipped: '0',
      'report-file': expect.stringContaining(`/qassandra-${check?.id}.json`),
      'junit-file': expect.stringContaining(`/qassandra-${check?.id}.xml`),
    });
    expect(record.summary).toMatch(/^## ✅ Qassandra · .+: success\n/);
    expect(record.summary).toContain(`<a href="${record.outputs['check-url']}">Open the check</a>`);
    expect(record.summary).toContain('<td>2</td><td>2</td><td>0</td><td>0</td>');
    expect(record.stdout).toContain(`Check: ${record.outputs['check-url']}`);
  });

  test('needs one trigger and polls that the server holds', async () => {
    const scenario = await host.open({ pages: { '/': { body: '<h1>Shop</h1>', delayMs: 800 } } });
    const record = await scenario.run();

    expect(scenario.proxy.requests.map((seen) => `${seen.method} ${seen.path}`)).toEqual([
      `POST /api/apps/${scenario.app.id}/trigger`,
      // The first change, when the check starts to run; then its end.
      `GET /api/apps/${scenario.app.id}/checks/${record.outputs['check-id']}?wait=25&after=1`,
      `GET /api/apps/${scenario.app.id}/checks/${record.outputs['check-id']}?wait=25&after=2`,
      `GET /api/apps/${scenario.app.id}/checks/${record.outputs['check-id']}/comparison`,
    ]);
    const [trigger] = scenario.proxy.requests;
    expect(trigger?.headers).toMatchObject({
      authorization: 'Bearer [redacted]',
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^qassandra-action\/\d+\.\d+\.\d+ \(node \d+/),
      'idempotency-key': expect.stringMatching(/^1658821493\/1\/check\/__qassandra\/[0-9a-f-]{36}$/),
    });
  });

  test('accepts an alias, a slash after the server, and a line break after the key', async () => {
    const scenario = await host.open();
    const record = await scenario.run({
      inputs: {
        'app-id': scenario.app.alias,
        'server-url': `${scenario.proxy.url}/`,
        'api-key': `  ${scenario.app.apiKey}\n`,
      },
    });
    expect(record.exitCode).toBe(0);
    expect(scenario.proxy.requests[0]?.path).toBe(`/api/apps/${scenario.app.alias}/trigger`);
  });

  test('fails a step whose fail-on names success', async () => {
    const scenario = await host.open();
    const record = await scenario.run({ inputs: { 'fail-on': ' Success ,' } });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringContaining('The check succeeded: 1 of 1 flow passed. `fail-on` names `success`. See http'),
    ]);
    expect(record.outputs.conclusion).toBe('success');
  });
});

test('a step that does not wait passes once the check is triggered', async () => {
  const scenario = await host.open();
  const record = await scenario.run({ inputs: { wait: 'false' } });

  expect(record.exitCode).toBe(0);
  expect(scenario.proxy.requests).toHaveLength(1);
  expect(record.outputs).toMatchObject({
    'check-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    status: 'scheduled',
    conclusion: '',
    total: '',
  });
  expect(record.summary).toMatch(/^## Qassandra · .+: check triggered\n/);
});

test('app-url and discover-flows reach the server, and the preview is tested', async () => {
  const scenario = await host.open({ withoutUrl: true });
  const record = await scenario.run({
    inputs: { 'app-url': `${scenario.site.url}/`, 'discover-flows': 'TRUE' },
  });
  expect(record.exitCode).toBe(0);
  expect(JSON.parse(scenario.proxy.requests[0]?.body ?? '')).toMatchObject({
    app_url: `${scenario.site.url}/`,
    discover_flows: true,
  });
  expect(scenario.site.requests).toContain('GET /');
});

test('two legs of a matrix with everything in common create two checks', async () => {
  const scenario = await host.open();
  const [one, other] = await Promise.all([scenario.run(), scenario.run()]);
  expect([one.exitCode, other.exitCode]).toEqual([0, 0]);
  expect(one.outputs['check-id']).not.toBe(other.outputs['check-id']);
  expect(await scenario.checks()).toHaveLength(2);
});

test('many warnings of the server leave room for the flows among the annotations', async () => {
  const warnings = Array.from({ length: 20 }, (_, index) => `Warning ${index}.`);
  const flows = Array.from({ length: 12 }, (_, index) => ({
    name: `GET /${index}`,
    status: 'failed',
    duration_ms: 1,
    error: 'broken',
  }));
  const change = (members: object): Fault => ({
    kind: 'rewrite',
    body: (real) => JSON.stringify({ ...JSON.parse(real), ...members }),
  });
  const scenario = await host.open({
    rules: [
      { on: /trigger$/, faults: [change({ warnings })] },
      { on: /checks/, faults: [change({ flows })], repeats: true },
    ],
  });
  const record = await scenario.run();
  expect(record.exitCode).toBe(0);
  expect(record.warnings).toEqual([
    ...['Warning 0.', 'Warning 1.', 'Warning 2.'],
    // The tenth is reserved for a comment that could not be written.
    ...[0, 1, 2, 3, 4, 5].map((index) => `GET /${index}: broken`),
  ]);
  expect(record.stdout).toContain('The server warns of 17 more: Warning 3. Warning 4.');
});

test('warnings in the server’s answer are shown as warnings', async () => {
  const warnings = ['The field `branhc` is not known.', 'A second\n::error::line'];
  const scenario = await host.open({
    rules: [
      {
        on: /trigger$/,
        faults: [{ kind: 'rewrite', body: (real) => JSON.stringify({ ...JSON.parse(real), warnings }) }],
      },
    ],
  });
  const record = await scenario.run();
  expect(record.exitCode).toBe(0);
  expect(record.warnings).toEqual(['The field `branhc` is not known.', 'A second ::error::line']);
});
