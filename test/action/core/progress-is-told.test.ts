import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import type { Fault } from '../../helpers/network/fault-proxy.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

interface Flow {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly duration_ms: number;
  readonly error: string | null;
}

const passed = (name: string): Flow => ({ name, status: 'passed', duration_ms: 12, error: null });

const pages = (count: number): Flow[] =>
  Array.from({ length: count }, (_, index) => passed(`GET /page-${index}`));

interface Shown {
  readonly flows: readonly Flow[];
  readonly revision: number;
  readonly status?: 'scheduled' | 'running' | 'finished';
}

/** Replaces status, flows and revision of the real check. */
function show({ flows, revision, status = 'running' }: Shown): Fault {
  const count = (wanted: string) => flows.filter((flow) => flow.status === wanted).length;
  const counts = {
    total: flows.length,
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
  };
  const conclusion = status === 'finished' ? 'success' : null;
  const shown = { flows, counts, revision, status, conclusion };
  return { kind: 'rewrite', body: (real) => JSON.stringify({ ...JSON.parse(real), ...shown }) };
}

/** Opens a scenario whose polls get these answers in turn, and then always the last one. */
function openWithProgress(faults: readonly Fault[]) {
  return host.open({ rules: [{ on: /^GET .*\/checks\//, faults, repeats: true }] });
}

/** Returns the lines of the log from the link to the check on. */
function readProgress(stdout: string): string[] {
  const lines = stdout.split('\n').filter((line) => !line.startsWith('::debug::'));
  return lines.slice(lines.findIndex((line) => line.startsWith('Check: ')));
}

/** Creates the lines of passed flows. */
const listFlowLines = (stdout: string) => stdout.split('\n').filter((line) => line.startsWith('✓ '));

describe('while a check runs', () => {
  const SLOW_SHOP = {
    '/': '<h1>Shop</h1><a href="/slow">Slow</a>',
    '/slow': { body: '<h1>Slow</h1><a href="/late">Late</a>', delayMs: 1500 },
    '/late': { body: '<h1>Late</h1>', delayMs: 1500 },
  };

  test('a flow is shown when it ends, and not when the check ends', async () => {
    const scenario = await host.open({ pages: SLOW_SHOP });
    const action = await scenario.start();
    await action.printed(/^✓ GET \/ \(/m);
    expect(scenario.site.requests).not.toContain('GET /late');
    await action.printed(/^✓ GET \/slow \(/m);
    const [running] = await scenario.checks();
    expect(running).toMatchObject({ status: 'running' });
    expect((await action.ended).exitCode).toBe(0);
  });

  test('the link comes first, then the status, then one group with a line per flow', async () => {
    const scenario = await host.open({ pages: SLOW_SHOP });
    const { stdout, outputs } = await scenario.run();
    const lines = readProgress(stdout);
    expect(lines).toEqual([
      `Check: ${outputs['check-url']}`,
      'The check is running.',
      '::group::Flows',
      expect.stringMatching(/^✓ GET \/ \(\d+ ms\)$/),
      expect.stringMatching(/^✓ GET \/slow \([\d.]+ s\)$/),
      expect.stringMatching(/^✓ GET \/late \([\d.]+ s\)$/),
      '::endgroup::',
      '::notice title=Qassandra::The check succeeded: 3 of 3 flows passed.',
      '',
    ]);
  });

  test('each poll asks for a newer revision than the last answer’s', async () => {
    const scenario = await openWithProgress([
      show({ flows: [], revision: 2 }),
      show({ flows: pages(1), revision: 7 }),
      show({ flows: pages(1), revision: 3 }),
      show({ flows: pages(2), revision: 9, status: 'finished' }),
    ]);
    await scenario.run();
    const polls = scenario.proxy.requests.map(({ path }) => /\/checks\/[^?]+\?(.*)$/.exec(path)?.[1]);
    expect(polls.filter((query) => query !== undefined)).toEqual([
      'wait=25&after=1',
      'wait=25&after=2',
      'wait=25&after=7',
      // An older answer, perhaps from a replica, does not reset the known revision.
      'wait=25&after=7',
    ]);
  });

  test('a server without revisions is polled too, and not too often', async () => {
    const forget: Fault = {
      kind: 'rewrite',
      body: (real) => JSON.stringify({ ...JSON.parse(real), revision: undefined }),
    };
    const scenario = await host.open({
      pages: { '/': { body: 'slow', delayMs: 1800 } },
      rules: [{ on: /^GET .*\/checks\//, faults: [forget], repeats: true }],
    });
    const record = await scenario.run();
    expect(record).toMatchObject({ exitCode: 0, errors: [] });
    const polls = scenario.proxy.requests.filter(({ path }) => path.includes('wait='));
    for (const { path } of polls) {
      expect(path).toMatch(/after=1$/);
    }
    expect(polls.length).toBeGreaterThanOrEqual(2);
    expect(polls.length).toBeLessThan(10);
  });

  test('a check that changes all the time is not polled all the time', async () => {
    const changing = Array.from({ length: 400 }, (_, index) => show({ flows: [], revision: index + 2 }));
    const scenario = await openWithProgress(changing);
    const startedAt = Date.now();
    await scenario.run({ inputs: { 'timeout-minutes': '0.05', 'cancel-on-timeout': 'false' } });
    const seconds = (Date.now() - startedAt) / 1000;
    const polls = scenario.proxy.requests.filter(({ path }) => path.includes('wait='));
    // The pauses grow by 20 ms per poll: at most seventeen fit into three seconds.
    expect(polls.length).toBeLessThan(20 + 2 * seconds);
    expect(polls.length).toBeGreaterThan(3);
  });
});

describe('the lines of flows', () => {
  test('name the reason of a failed or skipped flow', async () => {
    const flows: Flow[] = [
      passed('GET /'),
      { name: 'GET /pricing', status: 'failed', duration_ms: 1200, error: 'responded 500' },
      { name: 'GET /admin', status: 'skipped', duration_ms: 0, error: null },
    ];
    const scenario = await openWithProgress([show({ flows, revision: 5, status: 'finished' })]);
    const { stdout } = await scenario.run();
    expect(readProgress(stdout).slice(1, 6)).toEqual([
      '::group::Flows',
      '✓ GET / (12 ms)',
      '✕ GET /pricing: responded 500 (1.2 s)',
      '– GET /admin (0 ms)',
      '::endgroup::',
    ]);
  });

  test.each([
    ['at once', [show({ flows: pages(1000), revision: 5, status: 'finished' })], '1000 flows'],
    [
      'a few at a time',
      [
        show({ flows: pages(150), revision: 5 }),
        show({ flows: pages(260), revision: 6 }),
        show({ flows: pages(500), revision: 7, status: 'finished' }),
      ],
      '260 flows',
    ],
    [
      'with exactly 200 in between',
      [
        show({ flows: pages(200), revision: 5 }),
        show({ flows: pages(201), revision: 6, status: 'finished' }),
      ],
      '201 flows',
    ],
  ])('are limited to 200, and one line says that there are more: %s', async (_, faults, total) => {
    const scenario = await openWithProgress(faults);
    const { stdout } = await scenario.run();
    expect(listFlowLines(stdout)).toHaveLength(200);
    expect(stdout.match(/^… and more.*$/gm)).toEqual([
      `… and more that are not listed here: ${total} so far.`,
    ]);
  });

  test('are limited to 200, however often a check starts again', async () => {
    const faults = Array.from({ length: 6 }, (_, index) =>
      show({ flows: pages(index % 2 === 0 ? 90 : 10), revision: 5 + index }),
    );
    const scenario = await openWithProgress([
      ...faults,
      show({ flows: pages(91), revision: 20, status: 'finished' }),
    ]);
    const { stdout } = await scenario.run();
    expect(listFlowLines(stdout)).toHaveLength(200);
    expect(stdout.match(/^… and more/gm)).toHaveLength(1);
  });

  test('are complete if there are 200', async () => {
    const scenario = await openWithProgress([show({ flows: pages(200), revision: 5, status: 'finished' })]);
    const { stdout } = await scenario.run();
    expect(listFlowLines(stdout)).toHaveLength(200);
    expect(stdout).not.toContain('… and more');
  });

  test('are shown again if the check has started again', async () => {
    const scenario = await openWithProgress([
      show({ flows: pages(3), revision: 5 }),
      // The worker died.
      show({ flows: [], revision: 6, status: 'scheduled' }),
      show({ flows: pages(2), revision: 7 }),
      show({ flows: pages(4), revision: 8, status: 'finished' }),
    ]);
    const { stdout } = await scenario.run();
    const shown = readProgress(stdout).map((line) => line.replace(/^✓ GET \/page-(\d).*/, '$1'));
    expect(shown.slice(1, -2)).toEqual([
      'The check is running.',
      ...['::group::Flows', '0', '1', '2', '::endgroup::'],
      'The check is scheduled.',
      'The check is running.',
      ...['::group::Flows', '0', '1', '2', '3', '::endgroup::'],
    ]);
  });

  test('continue in a group of their own after a retry, and the retry’s line is in no group', async () => {
    const scenario = await openWithProgress([
      show({ flows: pages(1), revision: 5 }),
      { kind: 'answer', status: 502 },
      show({ flows: pages(2), revision: 6, status: 'finished' }),
    ]);
    const { stdout } = await scenario.run();
    expect(readProgress(stdout).slice(1, -2)).toEqual([
      'The check is running.',
      ...['::group::Flows', '✓ GET /page-0 (12 ms)', '::endgroup::'],
      expect.stringMatching(/answered 502 Bad Gateway\. .* Trying again in \d+ ms\.$/),
      ...['::group::Flows, continued', '✓ GET /page-1 (12 ms)', '::endgroup::'],
    ]);
  });

  test('cannot contain commands, line breaks or text in another direction', async () => {
    const hostile =
      '\n::error::x\r\n##[error]x ##vso[task.setvariable variable=a]b ##teamcity[x]\u2028::add-mask::a\u202e\u0007\u001b[2K';
    const flows: Flow[] = [
      { name: hostile, status: 'failed', duration_ms: 1, error: hostile },
      { name: '::set-output name=a::b', status: 'passed', duration_ms: 1, error: null },
    ];
    const scenario = await openWithProgress([
      show({ flows, revision: 5 }),
      show({ flows, revision: 6, status: 'finished' }),
    ]);
    const { stdout } = await scenario.run();
    const lines = readProgress(stdout);
    const inGroup = lines.slice(lines.indexOf('::group::Flows') + 1, lines.indexOf('::endgroup::'));
    expect(inGroup).toHaveLength(2);
    for (const line of inGroup) {
      expect(line).toMatch(/^[✕✓] /);
      expect(line).not.toMatch(/##\w*\[|[\p{Cc}\u2028\u202e]/u);
    }
    expect(stdout).not.toMatch(/^\s*::(add-mask|set-output)/m);
  });
});
