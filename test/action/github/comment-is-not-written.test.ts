import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { BUNDLE_FOLDER } from '../../helpers/action/action-process.ts';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { BROKEN_SHOP, LIST, listCalls, onPullRequest } from '../../helpers/action/pull-request.ts';
import type { Fault, FaultRule } from '../../helpers/network/fault-proxy.ts';
import { refusal, TOKEN } from '../../helpers/stand-ins/github.ts';

/** The tests run at the same time: each waits for actions and a GitHub of its own, one for 20 s. */
jest.setTimeout(120_000);
let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterAll(() => host.stop());

describe('a comment that cannot be written is a warning, and the gate’s result stays', () => {
  const seconds = (fromNow: number) => String(Math.floor(Date.now() / 1000) + fromNow);
  const forbidden = refusal(403, 'Resource not accessible by integration');
  const PERMISSION =
    /Resource not accessible by integration.* Add `permissions: pull-requests: write` to the job/;
  const LIMIT = /rate limit.*Its limit of requests is reached/;
  const primary = refusal(403, 'API rate limit exceeded for installation ID 1.', {
    headers: {
      'x-ratelimit-limit': '1000',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': seconds(1800),
    },
    docs: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api',
  });
  const secondary =
    'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';

  test.concurrent.each<[string, RegExp, Fault, RegExp]>([
    ['no permission to read', /^GET/, forbidden, PERMISSION],
    ['no permission to write', /^POST/, forbidden, PERMISSION],
    ['an invalid token', /^GET/, refusal(401, 'Bad credentials'), /Check the input `github-token`/],
    ['no such pull request', /^GET/, refusal(404, 'Not Found'), /pull-requests: write.*of this number\.$/],
    ['a rate limit', /^POST/, primary, LIMIT],
    [
      'a long secondary rate limit',
      /^POST/,
      refusal(403, secondary, { headers: { 'retry-after': '60' } }),
      LIMIT,
    ],
    [
      'a locked conversation',
      /^POST/,
      refusal(403, 'Unable to create comment because issue is locked.'),
      /is locked\..*\)\. The conversation on the pull request is locked: unlock it/,
    ],
    ['a body that GitHub does not accept', /^POST/, refusal(422, 'Validation Failed'), /: Validation Failed/],
    [
      'an answer that is not GitHub’s',
      /^GET/,
      { kind: 'answer', status: 410, headers: { 'content-type': 'text/html' }, body: '<h1>Gone</h1>' },
      /The comment on the pull request was not written: /,
    ],
  ])('%s', async (_, on, fault, reason) => {
    const github = await host.openGitHub({ rules: [{ on, faults: [fault], repeats: true }] });
    const scenario = await host.open();
    const record = await scenario.run(onPullRequest(github));
    expect(record.exitCode).toBe(0);
    expect(record.errors).toEqual([]);
    expect(record.outputs.conclusion).toBe('success');
    expect(record.warnings).toEqual([
      expect.stringMatching(/^The comment on the pull request was not written: /),
    ]);
    expect(record.warnings[0]).toMatch(reason);
    expect(JSON.stringify(record)).not.toContain(TOKEN);
    expect(github.comments).toEqual([]);
  });

  test.concurrent('our own comment stays if GitHub refuses to change it', async () => {
    const github = await host.openGitHub({ rules: [{ on: /^PATCH/, faults: [forbidden], repeats: true }] });
    const scenario = await host.open();
    await scenario.run(onPullRequest(github));
    const record = await scenario.run(onPullRequest(github));
    expect(record).toMatchObject({ exitCode: 0, warnings: [expect.stringMatching(PERMISSION)] });
    expect(github.comments).toHaveLength(1);
  });

  test.concurrent.each([
    ['no token', { inputs: { 'github-token': '' } }, /: the input `github-token` is empty\. Leave it out/],
    ['no repository', { env: { GITHUB_REPOSITORY: '' } }, /: the runner names no repository/],
  ])('%s: GitHub is not asked', async (_, options, reason) => {
    const github = await host.openGitHub();
    const scenario = await host.open();
    const record = await scenario.run(onPullRequest(github, options));
    expect(record).toMatchObject({ exitCode: 0, errors: [], warnings: [expect.stringMatching(reason)] });
    expect(github.requests).toEqual([]);
  });

  test.concurrent('a rate limit is not retried, whatever its status', async () => {
    const limit = refusal(429, 'API rate limit exceeded for installation ID 1.', {
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': seconds(1800) },
    });
    const github = await host.openGitHub({ rules: [{ on: /^GET/, faults: [limit], repeats: true }] });
    const scenario = await host.open();
    const record = await scenario.run(onPullRequest(github));
    expect(record).toMatchObject({ exitCode: 0, warnings: [expect.stringMatching(LIMIT)] });
    expect(github.requests).toHaveLength(1);
  });

  test.concurrent('a failing step still fails with its own reason', async () => {
    const github = await host.openGitHub({ rules: [{ on: /./, faults: [forbidden], repeats: true }] });
    const scenario = await host.open({ pages: BROKEN_SHOP });
    const record = await scenario.run(onPullRequest(github));
    expect(record.exitCode).toBe(1);
    expect(record.errors.at(-1)).toMatch(/^The check failed: /);
    expect(record.warnings).toEqual([expect.stringMatching(PERMISSION)]);
  });

  test.concurrent('waits at most 20 s for a GitHub that never answers', async () => {
    const github = await host.openGitHub({
      rules: [{ on: /^GET/, faults: [{ kind: 'silence' }], repeats: true }],
    });
    const scenario = await host.open();
    const record = await scenario.run(onPullRequest(github));
    expect(record.exitCode).toBe(0);
    expect(record.warnings).toEqual([
      'The comment on the pull request was not written: GitHub had not answered after 20 s.',
    ]);
    expect(listCalls(github)).toEqual([LIST]);
  }, 60_000);
});

describe('a temporary fault is retried', () => {
  test.concurrent.each<[string, FaultRule]>([
    ['502', { on: /^GET/, faults: [{ kind: 'answer', status: 502, body: '<html>Bad gateway</html>' }] }],
    ['a cut connection', { on: /^GET/, faults: [{ kind: 'drop' }] }],
    ...[403, 429].map((status): [string, FaultRule] => [
      `a short secondary rate limit, ${status}`,
      {
        on: /^POST/,
        faults: [
          refusal(status, 'You have exceeded a secondary rate limit.', { headers: { 'retry-after': '1' } }),
        ],
      },
    ]),
  ])('%s', async (_, rule) => {
    const github = await host.openGitHub({ rules: [rule] });
    const scenario = await host.open();
    const record = await scenario.run(onPullRequest(github));
    expect(record).toMatchObject({ exitCode: 0, warnings: [] });
    expect(github.comments).toHaveLength(1);
  });
});

describe('a comment', () => {
  test.concurrent('is not written for a run without a pull request, and a note says so', async () => {
    const github = await host.openGitHub();
    const scenario = await host.open();
    const options = onPullRequest(github);
    const record = await scenario.run({ ...options, event: { name: 'push', payload: {} } });
    expect(record).toMatchObject({ exitCode: 0, warnings: [] });
    expect(record.stdout).toMatch(/^No comment: this run is about no pull request\./m);
    expect(github.requests).toEqual([]);
  });

  test.concurrent('is not written if there is no check', async () => {
    const github = await host.openGitHub();
    const scenario = await host.open({ rules: [{ on: /trigger$/, faults: [{ kind: 'silence' }] }] });
    const action = await scenario.start(onPullRequest(github));
    await scenario.proxy.waitFor(/trigger$/);
    action.kill('SIGINT');
    expect((await action.ended).exitCode).toBe(1);
    expect(github.requests).toEqual([]);
  });

  test.concurrent('is not written by a step cancelled during its wait', async () => {
    const github = await host.openGitHub();
    const scenario = await host.open({ pages: { '/': { body: 'slow', delayMs: 9000 } } });
    const action = await scenario.start(onPullRequest(github));
    await scenario.proxy.waitFor(/wait=/);
    action.kill('SIGINT');
    expect((await action.ended).outputs.conclusion).toBe('cancelled');
    expect(github.requests).toEqual([]);
  });

  test.concurrent('does not load GitHub’s library or ask GitHub if the step wants no comment', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'qassandra-bundle-'));
    try {
      await cp(BUNDLE_FOLDER, folder, { recursive: true });
      const names = (await readdir(folder)).filter((name) => /^\d+\.index\.js$/.test(name));
      const codes = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
      const chunks = names.filter((_, index) => /octokit/i.test(codes[index] ?? ''));
      expect(chunks).not.toEqual([]);
      await Promise.all(chunks.map((name) => rm(join(folder, name))));
      const entry = join(folder, 'index.js');

      const github = await host.openGitHub();
      const scenario = await host.open();
      const record = await scenario.run({
        ...onPullRequest(github, { inputs: { comment: 'false' } }),
        entry,
      });
      expect(record).toMatchObject({ exitCode: 0, warnings: [] });
      expect(github.requests).toEqual([]);
      // Proves that these chunks are the ones a comment needs.
      const commenting = await scenario.run({ ...onPullRequest(github), entry });
      expect(commenting.exitCode).toBe(0);
      expect(commenting.warnings).toEqual([expect.stringContaining('was not written')]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
