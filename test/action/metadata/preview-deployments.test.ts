import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Scenario, type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { recordedEvent } from '../../helpers/action/events.ts';
import { readWorkflow } from '../../helpers/action/workflow.ts';

/** Runs the workflows of the page, exactly as they are there, for recorded events. */

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const page = readFileSync(
  join(import.meta.dirname, '..', '..', '..', 'docs', 'preview-deployments.md'),
  'utf8',
);
const [VERCEL = '', NETLIFY = '', CLOUDFLARE = '', ...more] = [
  ...page.matchAll(/^```yaml\n([\s\S]+?)^```$/gm),
].map((match) => match[1]);

test('the page has three workflows', () => {
  expect(more).toEqual([]);
  expect(CLOUDFLARE).toContain('wrangler-action');
});

/** Evaluates a workflow for an event as a runner does, and runs our step. */
async function runWorkflow(
  workflow: string,
  { name, payload, outputs = {} }: { name: string; payload: object; outputs?: Record<string, string> },
) {
  const scenario: Scenario = await host.open({ withoutUrl: true });
  const deployment = scenario.site.url;
  const fill = (value: object) =>
    JSON.parse(JSON.stringify(value).replaceAll('https://preview.example', deployment));
  const event = fill(payload);
  const job = readWorkflow(workflow, {
    github: { event, repository: 'Codertocat/Hello-World' },
    secrets: { QASSANDRA_API_KEY: scenario.app.apiKey },
    steps: { deploy: { outputs: fill(outputs) } },
  });
  expect(job.on).toBe(name);
  if (!job.isRun) {
    return { isRun: false as const };
  }
  // Replaces the page's server and app with those of this test.
  expect(job.inputs).toMatchObject({ 'app-id': 'shop', 'server-url': 'https://checks.example.com' });
  const inputs = { ...job.inputs, 'app-id': scenario.app.alias, 'server-url': scenario.proxy.url };
  const record = await scenario.run({ inputs, event: { name, payload: event } });
  const [check] = await scenario.checks();
  return { isRun: true as const, record, metadata: check?.metadata, scenario };
}

describe('Vercel', () => {
  const event = (state: string) => ({
    name: 'deployment_status',
    payload: {
      ...recordedEvent('deployment_status'),
      deployment_status: { state, environment: 'Preview', environment_url: 'https://preview.example' },
    },
  });

  test('a ready deployment is tested at its own address', async () => {
    const ran = await runWorkflow(VERCEL, event('success'));
    expect(ran.record?.outputs.conclusion).toBe('success');
    expect(ran.metadata).toMatchObject({
      app_url: ran.scenario?.site.url,
      git_commit_id: 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e',
    });
  });

  test.each(['pending', 'in_progress', 'failure', 'error', 'inactive'])(
    'a deployment that is %s is not tested',
    async (state) => {
      expect(await runWorkflow(VERCEL, event(state))).toEqual({ isRun: false });
    },
  );
});

describe.each([
  ['Netlify', () => NETLIFY, { url: 'https://preview.example' }],
  ['Cloudflare Pages', () => CLOUDFLARE, { 'deployment-url': 'https://preview.example' }],
])('%s', (_, workflow, outputs) => {
  test('the deployment is tested, with commit and pull request', async () => {
    const payload = recordedEvent('pull_request');
    const ran = await runWorkflow(workflow(), { name: 'pull_request', payload, outputs });
    expect(ran.record?.outputs.conclusion).toBe('success');
    expect(ran.metadata).toMatchObject({
      app_url: ran.scenario?.site.url,
      git_commit_id: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
      pull_request_id: '2',
    });
  });

  test('a pull request from a fork is not tested', async () => {
    const payload = recordedEvent('pull_request');
    Object.assign(Object(payload.pull_request).head.repo, { full_name: 'someone/Hello-World' });
    expect(await runWorkflow(workflow(), { name: 'pull_request', payload, outputs })).toEqual({
      isRun: false,
    });
  });
});
