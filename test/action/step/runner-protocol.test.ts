import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Scenario, type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { recordedEvent } from '../../helpers/action/events.ts';
import { type Job, type StepRecord, startJob } from '../../helpers/action/runner.ts';
import type { FaultRule } from '../../helpers/network/fault-proxy.ts';
import { startGitHub, TOKEN } from '../../helpers/stand-ins/github.ts';

/** A second opinion: runs the action as a runner does, from its folder and `action.yml`. */

let host: ScenarioHost;
const opened: (() => Promise<void>)[] = [];
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((close) => close()));
  await host.closeAll();
});
afterAll(() => host.stop());

const ACTION = join(import.meta.dirname, '..', '..', '..');
const SLOW_SHOP = { '/': { body: '<h1>Shop</h1>', delayMs: 9000 } };
const BROKEN_SHOP = {
  '/': Array.from({ length: 15 }, (_, index) => `<a href="/${index}">${index}</a>`).join(''),
};

async function openJob(
  scenario: Scenario,
  inputs: Record<string, string> = {},
  { event = 'push', apiUrl = 'https://api.github.com' } = {},
): Promise<Job> {
  const job = await startJob({
    action: ACTION,
    with: {
      'api-key': scenario.app.apiKey,
      'app-id': scenario.app.alias,
      'server-url': scenario.proxy.url,
      ...inputs,
    },
    event: { name: event, payload: recordedEvent(event) },
    github: { token: TOKEN, apiUrl },
  });
  opened.push(() => job.close());
  return job;
}

/** Checks what applies to every step, however it ends. */
function assertSound(step: StepRecord, { app }: Scenario): StepRecord {
  expect(step.undeclared).toEqual([]);
  // The key is only where the runner was told to mask it, and in the state for the post step.
  expect(JSON.stringify({ ...step, state: { ...step.state, access: '' } })).not.toContain(app.apiKey);
  expect(step.log.join('\n')).not.toContain(TOKEN);
  const names = step.commands.map(({ name }) => name);
  expect(
    names.filter((name) => /^(set-output|save-state|set-env|add-path|stop-commands)$/.test(name)),
  ).toEqual([]);
  expect(names.filter((name) => name === 'group').length).toBe(
    names.filter((name) => name === 'endgroup').length,
  );
  // What GitHub shows for a step.
  for (const kind of ['error', 'warning', 'notice']) {
    const shown = step.commands.filter(({ name }) => name === kind);
    expect(shown.length).toBeLessThanOrEqual(10);
    for (const { data } of shown) {
      expect(data.length).toBeLessThanOrEqual(4096);
    }
  }
  expect(Buffer.byteLength(step.summary)).toBeLessThan(1024 * 1024);
  return step;
}

const namesOf = (step: StepRecord, name: string) => step.commands.filter((command) => command.name === name);

describe('a runner', () => {
  test('passes a working app, with every output of action.yml and no post step', async () => {
    const scenario = await host.open();
    const job = await openJob(scenario);
    const step = assertSound(await (await job.start()).ended, scenario);
    expect(step.outcome).toBe('success');
    expect(step.outputs).toEqual({
      'check-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'check-url': expect.stringMatching(/^http.*\/checks\//),
      status: 'finished',
      conclusion: 'success',
      total: '1',
      passed: '1',
      failed: '0',
      skipped: '0',
      'report-file': expect.stringMatching(/\.json$/),
      'junit-file': expect.stringMatching(/\.xml$/),
    });
    expect(existsSync(step.outputs['report-file'] ?? '')).toBe(true);
    expect(step.summary).toMatch(/^## ✅ /);
    expect(step.log).toContainEqual(expect.stringMatching(/^Check: http/));
    expect(await job.startPost(step, { isCancelled: false })).toBeUndefined();
    expect(await scenario.checks()).toMatchObject([
      { metadata: { git_commit_message: 'Adding a .gitignore file' } },
    ]);
  });

  test('fails a broken app, with no more annotations than it shows and no post step', async () => {
    const scenario = await host.open({ pages: BROKEN_SHOP });
    const job = await openJob(scenario);
    const step = assertSound(await (await job.start()).ended, scenario);
    expect(step).toMatchObject({ outcome: 'failure', outputs: { conclusion: 'failure', failed: '15' } });
    expect(namesOf(step, 'error')).toHaveLength(10);
    expect(namesOf(step, 'error').at(-1)?.properties).toEqual({ title: 'Qassandra: the check failed' });
    expect(await job.startPost(step, { isCancelled: false })).toBeUndefined();
  });

  test('does not run commands from a server or a page', async () => {
    const name = '\n::set-output name=conclusion::success\n##[add-mask]e\n%0A::error::gone';
    const body = (real: string) =>
      JSON.stringify({
        ...JSON.parse(real),
        conclusion: 'failure',
        flows: [{ name, status: 'failed', duration_ms: 1, error: name }],
      });
    const rule: FaultRule = { on: /checks\/[^/]+\?/, faults: [{ kind: 'rewrite', body }], repeats: true };
    const scenario = await host.open({ rules: [rule] });
    const step = assertSound(await (await (await openJob(scenario)).start()).ended, scenario);
    expect(step).toMatchObject({ outcome: 'failure', outputs: { conclusion: 'failure' } });
    expect(new Set(step.commands.map((command) => command.name))).toEqual(
      new Set(['debug', 'group', 'endgroup', 'error']),
    );
  });

  test('gives the job’s token if the workflow gives none', async () => {
    const github = await startGitHub();
    opened.push(() => github.stop());
    const scenario = await host.open();
    const job = await openJob(scenario, { comment: 'true' }, { apiUrl: github.url, event: 'pull_request' });
    const step = assertSound(await (await job.start()).ended, scenario);
    expect(step.outcome).toBe('success');
    // GitHub's API accepts no other token.
    expect(namesOf(step, 'warning')).toEqual([]);
    expect(github.comments).toHaveLength(1);
  });
});

describe('a cancelled workflow', () => {
  test('makes the step cancel its check and leaves nothing to the post step', async () => {
    const scenario = await host.open({ pages: SLOW_SHOP });
    const job = await openJob(scenario);
    const running = await job.start();
    await scenario.proxy.waitFor(/wait=/);
    running.kill('SIGINT');
    const step = assertSound(await running.ended, scenario);
    expect(step).toMatchObject({ outcome: 'failure', outputs: { conclusion: 'cancelled' } });
    const before = scenario.proxy.requests.length;
    const post = await (await job.startPost(step, { isCancelled: true }))?.ended;
    expect(post).toMatchObject({ outcome: 'success', outputs: {}, summary: '' });
    expect(scenario.proxy.requests).toHaveLength(before);
  });

  test('makes the post step cancel the check of a killed step', async () => {
    const scenario = await host.open({ pages: SLOW_SHOP });
    const job = await openJob(scenario);
    const running = await job.start();
    await scenario.proxy.waitFor(/wait=/);
    running.kill('SIGKILL');
    const step = assertSound(await running.ended, scenario);
    expect(step).toMatchObject({ outcome: 'failure', outputs: {} });
    const post = await (await job.startPost(step, { isCancelled: true }))?.ended;
    expect(post?.outcome).toBe('success');
    expect(post?.log).toContainEqual(expect.stringMatching(/^The check was cancelled on the server: http/));
    expect(await scenario.checks()).toMatchObject([{ status: 'cancelled' }]);
  });
});
