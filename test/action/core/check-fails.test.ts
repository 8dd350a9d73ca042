import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import type { FaultRule } from '../../helpers/network/fault-proxy.ts';
import { startSite } from '../../helpers/network/site.ts';

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

/** Replaces the flows of the real, ended check. */
function replaceFlows(flows: { name: string; status: string; error: string | null }[]): FaultRule {
  const failed = flows.filter((flow) => flow.status === 'failed').length;
  return {
    on: /checks/,
    repeats: true,
    faults: [
      {
        kind: 'rewrite',
        body: (real) =>
          JSON.stringify({
            ...JSON.parse(real),
            flows: flows.map((flow) => ({ ...flow, duration_ms: 12 })),
            counts: { total: flows.length, passed: flows.length - failed, failed, skipped: 0 },
          }),
      },
    ],
  };
}

describe('a check with a failed flow', () => {
  test('fails the step and names the page and the reason', async () => {
    const scenario = await host.open({ pages: BROKEN_SHOP });
    const record = await scenario.run();

    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringMatching(/^GET \/pricing: .*500/),
      expect.stringMatching(
        /^The check failed: 1 of 2 flows failed, 1 passed\. Failed: GET \/pricing \(.*500.*\)\. See http.*\/checks\//,
      ),
    ]);
    expect(record.outputs).toMatchObject({
      status: 'finished',
      conclusion: 'failure',
      total: '2',
      passed: '1',
      failed: '1',
    });
    expect(record.summary).toMatch(/^## ❌ Qassandra · .+: failure\n/);
    expect(record.summary).toMatch(/<tr><td>GET \/pricing<\/td><td>.*500.*<\/td><td>\d+ ms<\/td><\/tr>/);
  });

  test('passes a step whose fail-on does not name failure, and warns', async () => {
    const scenario = await host.open({ pages: BROKEN_SHOP });
    const record = await scenario.run({ inputs: { 'fail-on': 'error,cancelled' } });
    expect(record.exitCode).toBe(0);
    expect(record.errors).toEqual([]);
    expect(record.warnings).toEqual([expect.stringContaining('GET /pricing')]);
    expect(record.notices).toEqual([
      expect.stringContaining('The step passes, since `fail-on` does not name `failure`.'),
    ]);
    expect(record.outputs.conclusion).toBe('failure');
  });

  test('stays within ten annotations of 4,096 characters, and names them all in the summary', async () => {
    const flows = Array.from({ length: 40 }, (_, index) => ({
      name: `GET /page-${index}`,
      status: 'failed',
      error: 'x'.repeat(9000),
    }));
    const scenario = await host.open({ pages: BROKEN_SHOP, rules: [replaceFlows(flows)] });
    const record = await scenario.run();
    expect(record.exitCode).toBe(1);
    expect(record.errors).toHaveLength(10);
    for (const error of record.errors) {
      expect(error.length).toBeLessThanOrEqual(4096);
    }
    expect(record.errors.at(-1)).toContain('and 37 more');
    for (const { name } of flows) {
      expect(record.summary).toContain(`<td>${name}</td>`);
    }
  });

  test('shortens a summary that GitHub would drop, and says how much is left out', async () => {
    const flows = Array.from({ length: 3000 }, (_, index) => ({
      name: `GET /page-${index}`,
      status: 'failed',
      error: '<é>'.repeat(400),
    }));
    const scenario = await host.open({ pages: BROKEN_SHOP, rules: [replaceFlows(flows)] });
    const record = await scenario.run();
    expect(Buffer.byteLength(record.summary)).toBeLessThan(1024 * 1024);
    expect(record.summary).toMatch(/<p>\d+ more failed flows left out here: see the check\.<\/p>/);
    expect(record.outputs.failed).toBe('3000');
  });

  test('cannot write commands into the log or markup into the summary', async () => {
    const name = '\n::stop-commands::x\n##[error]GET /<script>|`a`\u202e';
    const scenario = await host.open({
      pages: BROKEN_SHOP,
      rules: [replaceFlows([{ name, status: 'failed', error: '<img src=x>\n\n# Heading' }])],
    });
    const record = await scenario.run();
    const lines = record.stdout.split('\n');
    expect(lines.filter((line) => line.trimStart().startsWith('::stop-commands::'))).toEqual([]);
    expect(record.stdout).not.toContain('##[');
    expect(record.summary).not.toMatch(/<script|<img|^# Heading|\u202e/m);
    expect(record.summary).toContain('GET /&lt;script&gt;&#124;&#96;a&#96;');
    expect(record.summary).toContain('&lt;img src=x&gt; # Heading');
  });
});

describe('a check that could not run', () => {
  test('fails the step with the reason the server gives', async () => {
    const scenario = await host.open();
    const gone = await startSite({});
    await gone.stop();
    const record = await scenario.run({ inputs: { 'app-url': gone.url } });

    expect(record.exitCode).toBe(1);
    const [check] = await scenario.checks();
    expect(record.errors).toEqual([expect.stringMatching(/^The check could not run: .+ See http/)]);
    expect(record.outputs).toMatchObject({ 'check-id': check?.id, status: 'failed', conclusion: 'error' });
    expect(record.summary).toMatch(/^## ❌ Qassandra · .+: error\n/);
    expect(record.summary).toContain('<p>The check could not run: ');
  });
});

test('a check that someone cancels on the server fails the step', async () => {
  const scenario = await host.open({ pages: { '/': { body: 'slow', delayMs: 9000 } } });
  const action = await scenario.start();
  const poll = await scenario.proxy.waitFor(/^GET .*checks/);
  await fetch(`${host.server.url}${poll.path.replace(/\?.*/, '')}/cancel`, {
    method: 'POST',
    headers: { authorization: `Bearer ${scenario.app.apiKey}` },
  });
  const record = await action.ended;
  expect(record.exitCode).toBe(1);
  expect(record.errors).toEqual([expect.stringContaining('The check was cancelled: ')]);
  expect(record.outputs).toMatchObject({ status: 'cancelled', conclusion: 'cancelled' });
});

test('a conclusion this version does not know is never taken for a success', async () => {
  const scenario = await host.open({
    rules: [
      {
        on: /checks/,
        repeats: true,
        faults: [
          { kind: 'rewrite', body: (real) => JSON.stringify({ ...JSON.parse(real), conclusion: 'neutral' }) },
        ],
      },
    ],
  });
  const record = await scenario.run({ inputs: { 'timeout-minutes': '0.03' } });
  expect(record.exitCode).toBe(1);
  expect(record.errors).toEqual([
    expect.stringContaining('JSON that this version of the action does not understand'),
  ]);
  expect(record.outputs).toMatchObject({ status: 'scheduled', conclusion: '' });
});
