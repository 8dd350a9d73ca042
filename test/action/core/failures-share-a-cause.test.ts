import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Scenario, type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { runCheck } from '../../helpers/action/command-process.ts';
import { rewriteCheck, showFlows } from '../../helpers/action/rewritten-check.ts';
import type { SitePage } from '../../helpers/network/site.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const STYLE: SitePage = { body: 'h1 { color: red }', headers: { 'content-type': 'text/css' } };
const CAUSE = 'style /app.css responded 404 Not Found';
const NAMES = Array.from({ length: 12 }, (_, index) => `/page-${String(index).padStart(2, '0')}`);

/** Creates pages that all load one stylesheet, which can go missing. */
function createShop(): Record<string, SitePage> {
  const page = (links: readonly string[]) =>
    `<link rel="stylesheet" href="/app.css">${links.map((name) => `<a href="${name}">x</a>`).join('')}`;
  return {
    '/': page([...NAMES, '/plain']),
    '/plain': 'Plain',
    ...Object.fromEntries(NAMES.map((name) => [name, page([])])),
  };
}

function run(scenario: Scenario, branch: string) {
  return scenario.run({ inputs: { branch } });
}

function readComparison(summary: string): string | undefined {
  return /<p>(Since .*)<\/p>/.exec(summary)?.[1]?.replace(/<[^>]+>/g, '');
}

describe('a stylesheet that is missing on all pages', () => {
  test('is one failure with its places in everything that the step shows', async () => {
    const scenario = await host.open({
      pages: { ...createShop(), '/page-03': { status: 500, body: 'Oops' } },
    });
    const record = await run(scenario, 'feature');
    const [shared, own, verdict, ...more] = record.errors;
    expect(more).toEqual([]);
    expect(shared).toMatch(
      new RegExp(`^${CAUSE} \\(12 flows: GET /\\S*, GET /page-\\d+, GET /page-\\d+, and 9 more\\)$`),
    );
    expect(own).toMatch(/^GET \/page-03: responded 500/);
    expect(verdict).toMatch(
      new RegExp(
        `^The check failed: 13 of 14 flows failed for 2 reasons, 1 passed\\. Failed: ${CAUSE} \\(12 flows: `,
      ),
    );
    expect(record.outputs).toMatchObject({ total: '14', failed: '13' });

    const rows = [...record.summary.matchAll(/^<tr><td>(?:<details>|GET).*<\/tr>$/gm)].map(([row]) => row);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatch(/^<tr><td><details><summary>12 flows<\/summary>GET \/<br>GET \/page-\d\d<br>/);
    expect(rows[0]).toContain(`</details></td><td>${CAUSE}</td>`);
    const { failures } = JSON.parse(record.reports.json);
    expect(failures[0]).toMatchObject({ reason: CAUSE, newly_failed: null });
    expect(failures[0].flows).toHaveLength(12);
  });

  test('is one failure in the output of the command', async () => {
    const scenario = await host.open({ pages: createShop() });
    const { stdout, stderr } = await runCheck(scenario);
    expect(stderr).toBe('The check failed: 13 of 14 flows failed for 1 reason, 1 passed.\n');
    const lines = stdout.slice(stdout.indexOf('Failed:')).split('\n');
    expect(lines.slice(0, 8)).toEqual([
      'Failed:',
      `  ✕ ${CAUSE} (13 flows)`,
      '      GET /',
      ...[0, 1, 2, 3].map(() => expect.stringMatching(/^ {6}GET \/page-\d\d$/)),
      '      … and 8 more',
    ]);
  });

  test('is shown at its page together with that page’s missing image', async () => {
    const both = `${CAUSE}; image /x.png responded 404 Not Found`;
    const flows = showFlows([
      { name: 'GET /a', status: 'failed', error: CAUSE, cause: CAUSE },
      { name: 'GET /b', status: 'failed', error: both, cause: CAUSE },
    ]);
    const scenario = await host.open({ rules: [rewriteCheck(flows)] });
    expect((await scenario.run()).summary).toContain(
      `GET /a<br>GET /b: ${both}</details></td><td>${CAUSE}</td>`,
    );
    expect((await runCheck(scenario)).stdout).toContain(
      `Failed:\n  ✕ ${CAUSE} (2 flows, new)\n      GET /a\n      GET /b\nS`,
    );
  });

  test('lists 100 places in the summary, and counts the others', async () => {
    const flows = Array.from({ length: 130 }, (_, index) => ({
      ...{ name: `GET /page-${index}`, status: 'failed' as const, error: CAUSE, cause: CAUSE },
    }));
    const scenario = await host.open({ rules: [rewriteCheck(showFlows(flows))] });
    const { summary } = await scenario.run();
    expect(summary).toContain('<summary>130 flows</summary>GET /page-0<br>');
    expect(summary).toContain('<br>GET /page-99<br>and 30 more</details>');
  });

  test('is one failure for each flow if an older server sends no causes', async () => {
    const flows = NAMES.map((name) => ({ name, status: 'failed' as const, error: CAUSE, cause: undefined }));
    const scenario = await host.open({ rules: [rewriteCheck(showFlows(flows))] });
    const record = await scenario.run();
    expect(record.errors.at(-1)).toMatch(/^The check failed: 12 of 12 flows failed, 0 passed\. Failed: /);
    expect(JSON.parse(record.reports.json).failures).toHaveLength(12);
  });
});

describe('since the main branch', () => {
  test('a missing stylesheet is one new failure, and one fixed one once it is there', async () => {
    const pages = { ...createShop(), '/app.css': STYLE };
    const scenario = await host.open({ pages });
    await run(scenario, 'main');
    delete (pages as Record<string, SitePage>)['/app.css'];
    const broken = await run(scenario, 'main');
    expect(readComparison(broken.summary)).toBe('Since the last check of main: 1 new failure.');
    expect(broken.summary).toContain('<summary>13 flows <strong>(new)</strong></summary>');
    expect(JSON.parse(broken.reports.json).failures[0].newly_failed).toBe(13);
    pages['/app.css'] = STYLE;
    expect(readComparison((await run(scenario, 'feature')).summary)).toBe(
      `Since the last check of main: nothing new fails; fixed: ${CAUSE} (13 flows).`,
    );
  });

  test('a known failure on more pages is shown as known', async () => {
    const pages = createShop();
    const scenario = await host.open({ pages });
    await run(scenario, 'main');
    pages['/plain'] = pages['/page-00'] ?? '';
    const record = await run(scenario, 'feature');
    expect(readComparison(record.summary)).toBe(
      'Since the last check of main: 1 known failure in 1 more flow.',
    );
    expect(record.summary).toContain('<summary>14 flows <strong>(1 new)</strong></summary>');
    const { stdout } = await runCheck(scenario, { args: ['--branch', 'feature'] });
    expect(stdout).toContain(`  ✕ ${CAUSE} (14 flows, 1 new)`);
    expect(stdout).toContain('Since the last check of main: 1 known failure in 1 more flow. That check: ');
  });

  test('a page that also failed there is new if it fails for another reason', async () => {
    const pages = { ...createShop(), '/app.css': STYLE, '/page-03': { status: 500, body: 'Oops' } };
    const scenario = await host.open({ pages });
    await run(scenario, 'main');
    pages['/page-03'] = { status: 404, body: 'Gone' };
    expect(readComparison((await run(scenario, 'feature')).summary)).toBe(
      'Since the last check of main: 1 new failure.',
    );
  });
});
