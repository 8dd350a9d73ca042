import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../helpers/action/action-scenario.ts';
import { hasTerminal, runCheck, startCheck } from '../helpers/action/command-process.ts';
import type { Fault } from '../helpers/network/fault-proxy.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const SHOP = {
  '/': '<h1>Shop</h1><a href="/pricing">Pricing</a>',
  '/pricing': { status: 500, body: 'Oops', delayMs: 3000 },
};
const PLAIN_LINE = /✓ GET \/ \(\d+ ms\)/;
const LIVE_LINE = /\rThe check is running · 1 passed, 0 failed · \d+(\.\d)? (ms|s)/;

/** Returns the visible text after carriage returns, as a terminal shows it. */
function render(output: string): string[] {
  return stripVTControlCharacters(output)
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) =>
      line
        .split('\r')
        .reduce((shown, part) => part + shown.slice(part.length), '')
        .trimEnd(),
    );
}

// macOS and Windows do not have util-linux's `script`, which makes the pseudo-terminal.
const describeInTerminal = hasTerminal ? describe : describe.skip;

describeInTerminal('in a terminal', () => {
  test('one line is rewritten while the check runs, and removed at the end', async () => {
    const scenario = await host.open({ pages: SHOP });
    const record = await runCheck(scenario, { inTerminal: true });
    expect(record.exitCode).toBe(1);
    expect(record.stdout).toMatch(LIVE_LINE);
    // The time advances between two answers.
    expect(record.stdout).toMatch(/\rThe check is running [^\r]* · [1-9]\d* s/);
    expect(record.stdout).toContain('\u001b[31mThe check failed: 1 of 2 flows failed, 1 passed.\u001b[39m');
    expect(render(record.stdout)).toEqual([
      expect.stringMatching(/^Check: http/),
      'The check failed: 1 of 2 flows failed, 1 passed.',
      'Failed:',
      expect.stringMatching(/^ {2}✕ GET \/pricing: .*500/),
      expect.stringMatching(/^See http/),
      '',
    ]);
  });

  test('there is a line before the first answer', async () => {
    const scenario = await host.open({
      rules: [{ on: /checks\/[^/]+\?/, faults: [{ kind: 'delay', ms: 1500 }] }],
    });
    const record = await runCheck(scenario, { inTerminal: true });
    expect(record.exitCode).toBe(0);
    expect(record.stdout).toMatch(/\rThe check is scheduled · \d+ m?s/);
  });

  test('the line counts skipped flows, and shows no flows while there are none', async () => {
    const running = { status: 'running', conclusion: null, finished_at: null, revision: 2, flows: [] };
    const shown = (counts: object): Fault => ({
      kind: 'rewrite',
      body: (real) => JSON.stringify({ ...JSON.parse(real), ...running, counts }),
    });
    const faults = [
      shown({ total: 0, passed: 0, failed: 0, skipped: 0 }),
      shown({ total: 4, passed: 1, failed: 1, skipped: 2 }),
    ];
    const scenario = await host.open({ rules: [{ on: /checks\/[^/]+\?/, faults }] });
    const record = await runCheck(scenario, { inTerminal: true });
    expect(record.stdout).toMatch(/\rThe check is running · \d+ m?s/);
    expect(record.stdout).toMatch(/\rThe check is running · 1 passed, 1 failed, 2 skipped · \d+ m?s/);
  });

  test('NO_COLOR removes escape sequences, and keeps the live line', async () => {
    const scenario = await host.open({ pages: SHOP });
    const record = await runCheck(scenario, { inTerminal: true, env: { NO_COLOR: '1' } });
    expect(record.stdout).toMatch(LIVE_LINE);
    expect(record.stdout).not.toContain('\u001b');
    expect(render(record.stdout)).not.toContainEqual(expect.stringContaining('is running'));
  });

  test.each([
    ['TERM=dumb', { TERM: 'dumb' }],
    ['a CI that gives its jobs a terminal', { CI: 'true' }],
  ])('%s has plain lines', async (_, env) => {
    const scenario = await host.open({ pages: SHOP });
    const record = await runCheck(scenario, { inTerminal: true, env });
    expect(record.stdout).toMatch(PLAIN_LINE);
    expect(record.stdout).not.toMatch(/\r(?!\n)/);
  });

  test.each(['false', '0', ''])('CI=%s is no CI', async (CI) => {
    const scenario = await host.open({ pages: SHOP });
    const record = await runCheck(scenario, { inTerminal: true, env: { CI } });
    expect(record.stdout).toMatch(LIVE_LINE);
  });

  test('Ctrl-C cancels the check', async () => {
    const scenario = await host.open({ pages: { '/': { body: 'slow', delayMs: 9000 } } });
    const command = await startCheck(scenario, { inTerminal: true });
    await scenario.proxy.waitFor(/^GET .*checks/);
    command.type('\u0003');
    const record = await command.ended;
    expect(record.exitCode).toBe(1);
    // The terminal itself writes the `^C`.
    expect(render(record.stdout)).toContainEqual(expect.stringMatching(/^(\^C)?Cancelling the check …$/));
    expect(record.stdout).toContain('The check was cancelled on the server: http');
    expect(await scenario.checks()).toEqual([expect.objectContaining({ status: 'cancelled' })]);
  });
});

test('prints plain lines outside a terminal, without carriage returns or escape sequences', async () => {
  const scenario = await host.open({ pages: SHOP });
  const record = await runCheck(scenario);
  expect(record.stdout).toMatch(PLAIN_LINE);
  const shown = record.stdout + record.stderr;
  expect(shown).toBe(stripVTControlCharacters(shown).replaceAll('\r', ''));
});
