import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { recordedEvent } from '../../helpers/action/events.ts';
import type { FaultRule } from '../../helpers/network/fault-proxy.ts';
import { type HttpProxy, type HttpProxyOptions, startProxy } from '../../helpers/network/proxy.ts';
import { createTestAuthority } from '../../helpers/network/tls/test-authority.ts';
import { openTlsTerminator } from '../../helpers/network/tls/tls-terminator.ts';

/** Node does not pass an abort on to a request while its tunnel is opening, so these requests could wait for ever. */

// The tests run at the same time: each waits for an action of its own, most of the time for its time limits.
jest.setTimeout(120_000);
let host: ScenarioHost;
const { authority, authorityFile, removeAuthority } = createTestAuthority();
const opened: { stop(): Promise<void> }[] = [];
beforeAll(async () => {
  host = await startScenarioHost();
});
afterAll(async () => {
  await Promise.all(opened.map((part) => part.stop()));
  removeAuthority();
  await host.stop();
});

async function openProxy(options: HttpProxyOptions): Promise<HttpProxy> {
  const proxy = await startProxy(options);
  opened.push(proxy);
  return proxy;
}

describe('a silent proxy', () => {
  test.concurrent.each([
    ['never answers', { ignoresTunnel: () => true }],
    ['closes every tunnel', { refusesTunnelsWith: '' }],
  ])('does not block the step on the way to GitHub if it %s', async (_, options) => {
    const proxy = await openProxy(options);
    const scenario = await host.open();
    const record = await scenario.run({
      inputs: { 'github-token': 'ghs_token' },
      event: { name: 'pull_request', payload: recordedEvent('pull_request') },
      env: { GITHUB_API_URL: 'http://github.test', HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' },
    });
    expect(record).toMatchObject({ exitCode: 0, errors: [], warnings: [] });
    expect(proxy.requests.length).toBeGreaterThan(0);
  });

  test.concurrent('does not hold an unanswered tunnel beyond the timeout', async () => {
    const scenario = await host.open();
    const proxy = await openProxy({ ignoresTunnel: () => true });
    const inputs = { 'timeout-minutes': '0.005', 'server-url': 'https://qassandra.test' };
    const record = await scenario.run({ inputs, env: { HTTPS_PROXY: proxy.url } });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringMatching(
        /could not be reached \(no answer within 2(\.\d)? s\)\. .*go through the proxy http:/,
      ),
    ]);
  });

  test.concurrent('does not hold an unanswered tunnel after the workflow is cancelled', async () => {
    const scenario = await host.open();
    const proxy = await openProxy({ ignoresTunnel: () => true });
    const inputs = { 'server-url': 'https://qassandra.test' };
    const action = await scenario.start({ inputs, env: { HTTPS_PROXY: proxy.url } });
    while (proxy.requests.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    action.kill('SIGINT');
    const record = await action.ended;
    expect(record).toMatchObject({ exitCode: 1, outputs: { status: 'cancelled', conclusion: 'cancelled' } });
    expect(record.errors).toEqual([expect.stringContaining('The step was cancelled (SIGINT).')]);
  });

  test.concurrent('does not block a cancelled workflow by tunnels without an answer', async () => {
    const rules: FaultRule[] = [{ on: /trigger$/, faults: [{ kind: 'delay', ms: 800 }] }];
    const scenario = await host.open({ rules });
    const { port, inputs } = await openTlsTerminator(scenario, { authority, opened });
    const proxy = await openProxy({ leadsTo: port, ignoresTunnel: (count) => count > 1 });
    const env = { NODE_EXTRA_CA_CERTS: authorityFile, HTTPS_PROXY: proxy.url };
    const action = await scenario.start({ inputs, env });
    await scenario.proxy.waitFor(/trigger$/);
    action.kill('SIGINT');
    const record = await action.ended;
    expect(record.errors).toEqual([expect.stringMatching(/The check continues at .*no answer within/)]);
  });
});
