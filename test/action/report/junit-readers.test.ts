import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { listSchemaErrors, readJunit } from '../../helpers/action/junit.ts';
import { rewriteCheck, type ShownFlow, showFlows } from '../../helpers/action/rewritten-check.ts';

/** What Jenkins and GitLab make of a JUnit report. `readJunit` checks all of it in other files too. */

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const COUNTS = 'name="x" tests="0" failures="0" errors="0" time="0.000"';
const SUITE = `<testsuite ${COUNTS} skipped="0"/>`;

async function reportOn(changes: object): Promise<string> {
  const scenario = await host.open({ rules: [rewriteCheck(changes)] });
  return (await scenario.run()).reports.junit;
}

describe('the schema of Jenkins’ xUnit plugin', () => {
  test.each([
    ['what was skipped in the whole report', `<testsuites ${COUNTS} skipped="0">${SUITE}</testsuites>`],
    ['an unknown attribute', `<testsuites ${COUNTS} timestamp="2026-01-01T00:00:00Z">${SUITE}</testsuites>`],
    ['a suite without its counts', `<testsuites ${COUNTS}><testsuite name="x"/></testsuites>`],
    ['a time that is not in seconds', `<testsuites ${COUNTS.replace('0.000', '1 s')}>${SUITE}</testsuites>`],
    ['a tag that is not closed', `<testsuites ${COUNTS}>${SUITE}`],
    ['an entity of HTML', `<testsuites ${COUNTS.replace('"x"', '"&nbsp;"')}>${SUITE}</testsuites>`],
  ])('refuses %s', async (_, xml) => {
    expect(await listSchemaErrors(`<testsuites ${COUNTS}>${SUITE}</testsuites>`)).toEqual([]);
    expect(await listSchemaErrors(xml)).not.toEqual([]);
  });
});

test('markup is written with the entities that XML names', async () => {
  const name = `GET /<a>&"'`;
  const xml = await reportOn(showFlows([{ name, status: 'failed', error: name }]));
  expect(xml).toContain('name="GET /&lt;a&gt;&amp;&quot;&apos;"');
  expect(xml).not.toMatch(/&#(34|38|39|60|62);/);
  const { cases } = await readJunit(xml);
  expect(cases[0]).toMatchObject({ attributes: { name }, children: [{ text: name }] });
});

test('a stylesheet that is missing on 50 pages is one failure with 50 places', async () => {
  const cause = 'style /app.css responded 404 Not Found';
  const pages = Array.from({ length: 50 }, (_, index) => `GET /page-${index}`);
  const flows: ShownFlow[] = [
    { name: 'GET /', status: 'passed' },
    ...pages.map((name) => ({ name, status: 'failed' as const, error: cause, cause })),
    { name: 'GET /both', status: 'failed', error: `${cause}; image /x.png responded 404 Not Found`, cause },
    { name: 'GET /gone', status: 'failed', error: 'responded 404 Not Found', cause: 'GET /gone is missing' },
    { name: 'GET /late', status: 'skipped', error: 'not visited: the time was over' },
  ];
  const { counts, cases } = await readJunit(await reportOn(showFlows(flows)));
  expect(counts).toEqual({ tests: '4', failures: '2', errors: '0', skipped: '1' });
  expect(cases.map(({ attributes }) => attributes.name)).toEqual(['GET /', cause, 'GET /gone', 'GET /late']);
  const [shared, single, skipped] = cases.slice(1).map(({ children }) => children[0]);
  expect(shared?.attributes.message).toBe(`${cause} (51 flows)`);
  expect(shared?.text.split('\n')).toEqual([
    `${cause} (51 flows)`,
    '',
    ...pages,
    `GET /both: ${cause}; image /x.png responded 404 Not Found`,
  ]);
  expect(single).toMatchObject({ attributes: { message: 'responded 404 Not Found' } });
  expect(skipped?.text).toBe('not visited: the time was over');
});

test('flows with the same name stay apart, although GitLab would keep one', async () => {
  const flows = (['passed', 'failed', 'skipped'] as const).map((status) => ({ name: 'GET /', status }));
  const { cases } = await readJunit(await reportOn(showFlows(flows)));
  expect(cases.map(({ attributes }) => attributes.name)).toEqual(['GET /', 'GET / (2)', 'GET / (3)']);
});

test('a check that failed without a failed flow is an error', async () => {
  const counts = { total: 2, passed: 1, failed: 1, skipped: 0 };
  const xml = await reportOn({ flows: [{ name: 'GET /', status: 'passed', duration_ms: 1 }], counts });
  const { counts: told, cases } = await readJunit(xml);
  expect(told).toEqual({ tests: '2', failures: '0', errors: '1', skipped: '0' });
  expect(cases[1]?.children[0]?.text).toBe('The check failed: 1 of 2 flows failed, 1 passed.');
});

test('an incomplete check is an error, and warnings are output of the suite', async () => {
  const incomplete = { reason: 'page_limit', left: 312, message: 'It stopped at 5,000 pages.' };
  const warnings = ['/logout was not followed.', 'Only the shell of / was checked: <div id="app">.'];
  const { counts, cases, output } = await readJunit(await reportOn({ incomplete, warnings }));
  expect(counts).toEqual({ tests: '2', failures: '0', errors: '1', skipped: '0' });
  expect(cases[1]).toMatchObject({ attributes: { name: 'The check' }, children: [{ name: 'error' }] });
  expect(cases[1]?.children[0]?.text).toBe(
    'The check is incomplete: It stopped at 5,000 pages. Not checked: 312 known pages.',
  );
  expect(output.split('\n')).toEqual(warnings);
});
