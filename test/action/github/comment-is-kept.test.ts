import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import {
  BROKEN_SHOP,
  COMMENTS,
  LIST,
  listCalls,
  markerOf,
  onPullRequest,
  someone,
} from '../../helpers/action/pull-request.ts';
import type { FaultRule } from '../../helpers/network/fault-proxy.ts';

/** The tests run at the same time: each waits for an action of its own. */
jest.setTimeout(120_000);
let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterAll(() => host.stop());

describe('the comment of a pull request', () => {
  test.concurrent('has the text of the summary, the app’s marker and the commit', async () => {
    const github = await host.openGitHub();
    const scenario = await host.open({ pages: BROKEN_SHOP });
    const record = await scenario.run(onPullRequest(github));
    expect(record).toMatchObject({ exitCode: 1, warnings: [] });
    const [check] = JSON.parse(JSON.stringify(await scenario.checks()));
    expect(github.comments.map(({ body }) => body)).toEqual([
      `${markerOf(scenario)}\n<!-- check created_at=${check.created_at} -->\n${record.summary}\n<sub>Of commit ec26c3e57ca3a959ca5aad62de7213c562f8c821.</sub>\n`,
    ]);
    expect(listCalls(github)).toEqual([LIST, `POST ${COMMENTS}`, LIST]);
  });

  test.concurrent('is updated by later runs and re-runs', async () => {
    const github = await host.openGitHub();
    const pages: Record<string, string> = { '/': '<a href="/pricing">Pricing</a>' };
    const scenario = await host.open({ pages });
    await scenario.run(onPullRequest(github));
    expect(github.comments[0]?.body).toContain(': failure');
    pages['/pricing'] = '<h1>Pricing</h1>';
    const GITHUB_RUN_ATTEMPT = '2';
    const record = await scenario.run(onPullRequest(github, { env: { GITHUB_RUN_ATTEMPT } }));
    expect(record.exitCode).toBe(0);
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toContain(': success');
    expect(github.comments[0]?.body).not.toContain(': failure');
    expect(listCalls(github).slice(3)).toEqual([LIST, 'PATCH /repos/octo-org/shop/issues/comments/1001']);
  });

  test.concurrent('does not change if an earlier push’s check ends after a later push’s', async () => {
    const github = await host.openGitHub();
    const EARLIER: FaultRule = {
      on: /^GET .*\/checks\//,
      repeats: true,
      faults: [
        {
          kind: 'rewrite',
          body: (real) => JSON.stringify({ ...JSON.parse(real), created_at: '2026-01-01T00:00:00Z' }),
        },
      ],
    };
    const rules: FaultRule[] = [];
    const scenario = await host.open({ rules });
    await scenario.run(onPullRequest(github));
    const later = github.comments.map(({ body }) => body);
    rules.push(EARLIER);
    const record = await scenario.run(onPullRequest(github));
    expect(record).toMatchObject({ exitCode: 0, warnings: [] });
    expect(record.stdout).toContain('No comment: the one on the pull request is of a newer check.');
    expect(github.comments.map(({ body }) => body)).toEqual(later);
  });

  test.concurrent('is found again on the last of many pages', async () => {
    const github = await host.openGitHub();
    const scenario = await host.open();
    for (let id = 1; id <= 250; id += 1) {
      github.comments.push(someone(id, `Comment ${id}`));
    }
    await scenario.run(onPullRequest(github));
    expect(github.comments).toHaveLength(251);
    await scenario.run(onPullRequest(github));
    expect(github.comments).toHaveLength(251);
    expect(listCalls(github).at(-1)).toBe('PATCH /repos/octo-org/shop/issues/comments/1251');
    expect(listCalls(github)).toContainEqual(`${LIST}&page=3`);
  });

  test.concurrent('is updated if a member has written it', async () => {
    const github = await host.openGitHub();
    const scenario = await host.open();
    github.comments.push(someone(7, `${markerOf(scenario)}\nOld`, 'MEMBER'));
    await scenario.run(onPullRequest(github));
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toContain(': success');
  });

  test.concurrent('exists once for each of two apps', async () => {
    const github = await host.openGitHub();
    const [shop, blog] = await Promise.all([host.open(), host.open({ pages: BROKEN_SHOP })]);
    for (const scenario of [shop, blog, shop, blog]) {
      await scenario.run(onPullRequest(github));
    }
    expect(github.comments.map(({ body }) => body.split('\n')[0])).toEqual([markerOf(shop), markerOf(blog)]);
  });

  test.concurrent('is written for an event file with a byte order mark, although GitHub’s library cannot load it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'qassandra-event-'));
    const file = join(folder, 'event.json');
    const github = await host.openGitHub();
    const options = onPullRequest(github, { env: { GITHUB_EVENT_PATH: file } });
    await writeFile(file, `\uFEFF${JSON.stringify(options.event.payload)}`);
    const record = await (await host.open()).run(options);
    await rm(folder, { recursive: true });
    expect(record).toMatchObject({ exitCode: 0, warnings: [] });
    expect(github.comments).toHaveLength(1);
  });

  test.concurrent('is the same for the app’s id and its alias', async () => {
    const github = await host.openGitHub();
    const scenario = await host.open();
    await scenario.run(onPullRequest(github));
    await scenario.run(onPullRequest(github, { inputs: { 'app-id': scenario.app.alias } }));
    expect(github.comments).toHaveLength(1);
  });

  test.concurrent('is not mistaken for a comment of a stranger or one that quotes the marker', async () => {
    const github = await host.openGitHub();
    const scenario = await host.open();
    const strangers = [
      someone(1, `> ${markerOf(scenario)}\n> ## ✅ Qassandra\n\nWhat is this?`, 'MEMBER'),
      someone(2, `Look: ${markerOf(scenario)}`, 'OWNER'),
      someone(3, `${markerOf(scenario)}\n## ✅ Qassandra: success`, 'NONE'),
      someone(4, `${markerOf(scenario)}\n## ✅ Qassandra: success`, 'CONTRIBUTOR'),
      { ...someone(5, markerOf(scenario), 'MANNEQUIN'), user: { login: 'someone', type: 'Mannequin' } },
    ] as const;
    const bodies = strangers.map(({ body }) => body);
    github.comments.push(...strangers);
    await scenario.run(onPullRequest(github));
    await scenario.run(onPullRequest(github));
    expect(github.comments.slice(0, 5).map(({ body }) => body)).toEqual(bodies);
    expect(github.comments).toHaveLength(6);
  });

  test.concurrent('is written on a GitHub Enterprise Server', async () => {
    const github = await host.openGitHub({ prefix: '/api/v3' });
    const scenario = await host.open();
    const record = await scenario.run(onPullRequest(github));
    expect(record.warnings).toEqual([]);
    expect(github.comments).toHaveLength(1);
    expect(listCalls(github)[0]).toBe(`GET /api/v3${COMMENTS}?per_page=100`);
  });

  test.concurrent('is written to the pull request of the input if the event has none', async () => {
    const github = await host.openGitHub();
    const scenario = await host.open();
    const options = onPullRequest(github, { inputs: { 'pull-request-number': '7' } });
    const env = { ...options.env, GITHUB_SHA: '' };
    await scenario.run({ ...options, env, event: { name: 'workflow_dispatch', payload: {} } });
    expect(github.comments).toMatchObject([{ issue: 7 }]);
    expect(github.comments[0]?.body).not.toContain('Of commit');
  });
});

describe('a comment', () => {
  /** Replaces the real check's flows with failed ones. */
  const replaceFlows = (names: readonly string[], error: string): FaultRule => ({
    on: /^GET .*\/checks\//,
    repeats: true,
    faults: [
      {
        kind: 'rewrite',
        body: (real) =>
          JSON.stringify({
            ...JSON.parse(real),
            conclusion: 'failure',
            flows: names.map((name) => ({ name, status: 'failed', duration_ms: 1, error })),
            counts: { total: names.length, passed: 0, failed: names.length, skipped: 0 },
          }),
      },
    ],
  });

  test.concurrent('stays below GitHub’s limit, and says what is left out', async () => {
    const github = await host.openGitHub();
    const names = Array.from({ length: 3000 }, (_, index) => `GET /page-${index}`);
    const scenario = await host.open({ rules: [replaceFlows(names, '<é>"'.repeat(500))] });
    const record = await scenario.run(onPullRequest(github));
    expect(record.warnings).toEqual([]);
    const [comment] = github.comments;
    expect(comment?.body.length).toBeLessThan(65_536);
    expect(comment?.body).toMatch(/<p>\d+ more failed flows left out here: see the check\.<\/p>/);
  });

  test.concurrent('cannot contain markup, mentions or a marker from a page', async () => {
    const github = await host.openGitHub();
    const name = '--> <!-- qassandra-check app=x --> <script> </td></table>\n\n# Heading\n```\n@octocat';
    const scenario = await host.open({ rules: [replaceFlows([name], name)] });
    await scenario.run(onPullRequest(github));
    const body = github.comments[0]?.body ?? '';
    expect(body.match(/<!-- [^-]\w+/g)).toEqual(['<!-- qassandra', '<!-- check']);
    expect(body.match(/<\/table>/g)).toHaveLength(2);
    expect(body).not.toMatch(/<script|^# |```/m);
    expect(body).toContain('@<!-- -->octocat');
    expect(body).not.toContain('@octocat');
  });

  test.concurrent('cannot contain markup from commit-sha', async () => {
    const github = await host.openGitHub();
    const scenario = await host.open();
    await scenario.run(onPullRequest(github, { inputs: { 'commit-sha': '</sub> @octocat <b>' } }));
    expect(github.comments[0]?.body).toContain(
      '<sub>Of commit &lt;/sub&gt; @<!-- -->octocat &lt;b&gt;.</sub>',
    );
  });

  test.concurrent('uses the app of the inputs if the server’s app id is invalid', async () => {
    const github = await host.openGitHub();
    const app_id = '--> @everyone <!--';
    const body = (real: string) => JSON.stringify({ ...JSON.parse(real), app_id });
    const scenario = await host.open({ rules: [{ on: /trigger$/, faults: [{ kind: 'rewrite', body }] }] });
    await scenario.run(onPullRequest(github));
    expect(github.comments[0]?.body).toMatch(`${markerOf(scenario)}\n`);
    expect(github.comments[0]?.body).not.toContain('everyone');
  });
});

test.concurrent('a step that does not wait comments that a check was triggered, and one that times out says so', async () => {
  const github = await host.openGitHub();
  const scenario = await host.open({ pages: { '/': { body: 'slow', delayMs: 9000 } } });
  await scenario.run(onPullRequest(github, { inputs: { wait: 'false' } }));
  expect(github.comments[0]?.body).toContain(': check triggered\n');
  await scenario.run(onPullRequest(github, { inputs: { 'timeout-minutes': '0.02' } }));
  expect(github.comments).toHaveLength(1);
  expect(github.comments[0]?.body).toContain('The wait for the check timed out');
});
