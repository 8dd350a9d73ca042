import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { COMMENTS, LIST, onPullRequest } from '../../helpers/action/pull-request.ts';
import type { Fault } from '../../helpers/network/fault-proxy.ts';
import { refusal, startGitHub, TOKEN } from '../../helpers/stand-ins/github.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

// `scenario.run` checks that no record contains a key.

test('each request is a line with method, path, status, time and request id', async () => {
  const scenario = await host.open();
  const record = await scenario.run({ env: { RUNNER_DEBUG: '1' } });
  const { app } = scenario;
  const check = `/api/apps/${app.id}/checks/${record.outputs['check-id']}`;
  const id = '[0-9a-f]{8}-[0-9a-f-]{27}';
  const lines = record.debug.filter((line) => !line.includes(check));
  const form = (request: string, status: number) =>
    expect.stringMatching(
      new RegExp(`^${request.replace(/[?]/g, '\\?')}: ${status} after \\d+ ms, request id ${id}$`),
    );
  expect(lines).toEqual([form(`POST /api/apps/${app.id}/trigger`, 202)]);
  const polls = record.debug.filter((line) => line.includes(check));
  expect(polls).not.toEqual([]);
  expect(polls[0]).toEqual(form(`GET ${check}?wait=25&after=1`, 200));
  expect(polls.at(-1)).toEqual(form(`GET ${check}/comparison`, 200));
  expect(record.debug).toHaveLength(scenario.proxy.requests.length);
});

test('each request to GitHub is a line too', async () => {
  const refused = refusal(403, 'Resource not accessible by integration');
  const github = await startGitHub({ rules: [{ on: /^POST/, faults: [refused] }] });
  const scenario = await host.open();
  const options = onPullRequest(github, { inputs: { 'commit-message': '' }, env: { RUNNER_DEBUG: '1' } });
  const record = await scenario.run(options);
  await github.stop();
  const asked = record.debug.filter((line) => line.includes(' of GitHub: '));
  const end = / after \d+ ms, request id none$/;
  expect(asked.map((line) => line.replace(end, ''))).toEqual([
    'GET /repos/octo-org/shop/commits/ec26c3e57ca3a959ca5aad62de7213c562f8c821 of GitHub: 200',
    `${LIST} of GitHub: 200`,
    `POST ${COMMENTS} of GitHub: 403`,
  ]);
  expect(record.stdout).not.toContain(TOKEN);
});

test('the line of a request to GitHub has the request id if GitHub sends one', async () => {
  const headers = { 'x-github-request-id': 'E0F1:2A3B' };
  const refused = refusal(403, 'Resource not accessible by integration', { headers });
  const github = await startGitHub({ rules: [{ on: /^POST/, faults: [refused] }] });
  const scenario = await host.open();
  const record = await scenario.run(onPullRequest(github, { env: { RUNNER_DEBUG: '1' } }));
  await github.stop();
  expect(record.debug).toContainEqual(
    expect.stringMatching(
      new RegExp(`^POST ${COMMENTS} of GitHub: 403 after \\d+ ms, request id E0F1:2A3B$`),
    ),
  );
});

test('a request without an answer, and one without an id, are lines too', async () => {
  const faults: Fault[] = [{ kind: 'drop' }, { kind: 'answer', status: 503, body: 'Busy' }];
  const scenario = await host.open({ rules: [{ on: /trigger$/, faults }] });
  const record = await scenario.run({ env: { RUNNER_DEBUG: '1' } });
  const path = `POST /api/apps/${scenario.app.id}/trigger`;
  expect(record.debug.slice(0, 3)).toEqual([
    expect.stringMatching(new RegExp(`^${path}: no answer after \\d+ ms, request id none$`)),
    expect.stringMatching(new RegExp(`^${path}: 503 after \\d+ ms, request id none$`)),
    expect.stringMatching(new RegExp(`^${path}: 202 after \\d+ ms, request id .{36}$`)),
  ]);
});

test('a server’s request id cannot be a command', async () => {
  const body = JSON.stringify({ detail: 'No', code: 'no', request_id: 'a\n::error::b' });
  const scenario = await host.open({
    rules: [{ on: /trigger$/, faults: [{ kind: 'answer', status: 400, body }] }],
  });
  const record = await scenario.run({ env: { RUNNER_DEBUG: '1' } });
  expect(record.exitCode).toBe(1);
  expect(record.debug).toEqual([expect.stringMatching(/: 400 after \d+ ms, request id a ::error::b$/)]);
  expect(record.stdout).not.toMatch(/^::error::/m);
});
