import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Scenario, type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { recordedEvent } from '../../helpers/action/events.ts';
import { resolving } from '../../helpers/action/runtime.ts';
import { type HttpProxy, startProxy } from '../../helpers/network/proxy.ts';

let host: ScenarioHost;
const proxies: HttpProxy[] = [];
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.stop()));
  await host.closeAll();
});
afterAll(() => host.stop());

/** 300 ms are enough for one or two tries that fail at once. */
const SHORT = { 'timeout-minutes': '0.005' };
const SOCKS = 'socks5://runner:socks-word@127.0.0.1:1080';

async function openProxy(): Promise<HttpProxy> {
  const proxy = await startProxy();
  proxies.push(proxy);
  return proxy;
}

/** Runs the step with a server whose name resolves here too, so that it can be reached with and without the proxy. */
async function runWithExceptions(exceptions: (port: string) => Readonly<Record<string, string>>) {
  const scenario = await host.open();
  const proxy = await openProxy();
  const { port } = new URL(scenario.proxy.url);
  const record = await scenario.run({
    inputs: { 'server-url': `http://checks.corp.test:${port}` },
    env: {
      ...resolving({ 'checks.corp.test': [['127.0.0.1']] }),
      HTTP_PROXY: proxy.url,
      ...exceptions(port),
    },
  });
  expect(record).toMatchObject({ exitCode: 0, outputs: { conclusion: 'success' } });
  return { isProxied: proxy.requests.length > 0 };
}

describe('NO_PROXY is read as the actions of GitHub read it', () => {
  test.each<[string, (port: string) => Readonly<Record<string, string>>]>([
    ['the host', () => ({ NO_PROXY: 'checks.corp.test' })],
    ['its domain', () => ({ NO_PROXY: 'corp.test' })],
    ['its domain after a dot', () => ({ NO_PROXY: '.corp.test' })],
    ['its domain with the port', (port) => ({ NO_PROXY: `corp.test:${port}` })],
    ['the host with the port', (port) => ({ NO_PROXY: `checks.corp.test:${port}` })],
    ['other letters, spaces and empty entries', () => ({ NO_PROXY: ' a.test ,, CORP.Test ,' })],
    ['all', () => ({ NO_PROXY: 'a.test,*' })],
    ['the lower-case variable', () => ({ no_proxy: 'corp.test' })],
    ['an empty lower-case variable beside the other one', () => ({ no_proxy: '', NO_PROXY: 'corp.test' })],
  ])('%s: no proxy', async (_, exceptions) => {
    expect(await runWithExceptions(exceptions)).toEqual({ isProxied: false });
  });

  test.each<[string, (port: string) => Readonly<Record<string, string>>]>([
    ['nothing', () => ({ NO_PROXY: '' })],
    ['other hosts', () => ({ NO_PROXY: 'a.test,checks.corp,127.0.0.1' })],
    ['the end of a label', () => ({ NO_PROXY: 'orp.test' })],
    ['another port', () => ({ NO_PROXY: 'checks.corp.test:1,corp.test:1' })],
    ['a longer name', () => ({ NO_PROXY: 'eu.checks.corp.test,checks.corp.test.evil' })],
    ['a wildcard within a name', () => ({ NO_PROXY: '*.corp.test' })],
    ['a lower-case variable that hides the other one', () => ({ no_proxy: 'a.test', NO_PROXY: 'corp.test' })],
  ])('%s: the proxy', async (_, exceptions) => {
    expect(await runWithExceptions(exceptions)).toEqual({ isProxied: true });
  });

  test.each([
    ['http://checks.corp.test', '80', '443'],
    ['https://checks.corp.test', '443', '80'],
  ])('%s has the default port', async (serverUrl, port, otherPort) => {
    const scenario = await host.open();
    const proxy = await openProxy();
    const run = (NO_PROXY: string) =>
      scenario.run({
        inputs: { ...SHORT, 'server-url': serverUrl },
        env: {
          ...resolving({ 'checks.corp.test': ['ENOTFOUND'] }),
          HTTP_PROXY: proxy.url,
          HTTPS_PROXY: proxy.url,
          NO_PROXY,
        },
      });
    expect((await run(`corp.test:${port}`)).errors).toEqual([
      expect.stringContaining('the host name does not resolve'),
    ]);
    expect(proxy.requests).toEqual([]);
    await run(`corp.test:${otherPort}`);
    expect(proxy.requests.length).toBeGreaterThan(0);
  });
});

describe('loopback is never reached through a proxy', () => {
  test.each(['127.0.0.1', 'localhost', 'LOCALHOST'])('%s', async (name) => {
    const scenario = await host.open();
    const proxy = await openProxy();
    const inputs = { 'server-url': scenario.proxy.url.replace('127.0.0.1', name) };
    const env = { HTTP_PROXY: proxy.url, http_proxy: proxy.url, NODE_USE_ENV_PROXY: '1' };
    expect(await scenario.run({ inputs, env })).toMatchObject({ exitCode: 0, errors: [], warnings: [] });
    expect(proxy.requests).toEqual([]);
  });

  test.each(['http://[::1]:9', 'https://[0:0:0:0:0:0:0:1]:9', 'https://127.1.2.3:9'])('%s', async (url) => {
    const scenario = await host.open();
    const proxy = await openProxy();
    const record = await scenario.run({
      inputs: { ...SHORT, 'server-url': url },
      env: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url },
    });
    expect(record.errors).toEqual([expect.stringContaining('could not be reached')]);
    expect(record.errors[0]).not.toContain('go through the proxy');
    expect(proxy.requests).toEqual([]);
  });
});

test('a proxy for the other protocol is not used', async () => {
  const scenario = await host.open();
  const proxy = await openProxy();
  const { port } = new URL(scenario.proxy.url);
  const record = await scenario.run({
    inputs: { 'server-url': `http://checks.corp.test:${port}` },
    env: { ...resolving({ 'checks.corp.test': [['127.0.0.1']] }), HTTPS_PROXY: proxy.url },
  });
  expect(record.exitCode).toBe(0);
  expect(proxy.requests).toEqual([]);
});

describe('a SOCKS proxy', () => {
  const throughName = ({ proxy }: Scenario) => ({
    'server-url': proxy.url.replace('127.0.0.1', 'checks.corp.test'),
  });

  test.each([
    ['for everything', { ALL_PROXY: SOCKS, all_proxy: SOCKS }],
    ['for the other protocol', { HTTPS_PROXY: SOCKS, https_proxy: SOCKS }],
    ['that NO_PROXY excepts the server from', { HTTP_PROXY: SOCKS, NO_PROXY: 'corp.test' }],
  ])('%s does not end the step', async (_, variables) => {
    const scenario = await host.open();
    const env = { ...resolving({ 'checks.corp.test': [['127.0.0.1']] }), ...variables };
    const record = await scenario.run({ inputs: throughName(scenario), env });
    expect(record).toMatchObject({ exitCode: 0, outputs: { conclusion: 'success' } });
  });

  test('does not end the step beside an HTTP proxy, and its password is masked', async () => {
    const scenario = await host.open();
    const proxy = await openProxy();
    const env = { HTTP_PROXY: SOCKS, http_proxy: proxy.url };
    const record = await scenario.run({ inputs: throughName(scenario), env });
    expect(record).toMatchObject({ exitCode: 0, outputs: { conclusion: 'success' } });
    expect(record.isMasked('socks-word')).toBe(true);
    expect(proxy.requests.length).toBeGreaterThan(0);
  });

  test('costs the commit’s message on the way to GitHub, and not the step', async () => {
    const scenario = await host.open();
    const record = await scenario.run({
      inputs: { 'github-token': 'ghs_token' },
      event: { name: 'pull_request', payload: recordedEvent('pull_request') },
      env: { HTTPS_PROXY: SOCKS, GITHUB_API_URL: 'https://github.test' },
    });
    expect(record).toMatchObject({ exitCode: 0, errors: [], warnings: [] });
    expect(record.debug).toContainEqual(
      expect.stringContaining("The commit's message could not be read from GitHub, and is left out"),
    );
  });
});

test.each([
  ['of another protocol', 'socks5://127.0.0.1:1080', undefined],
  ['that is not valid', 'http://', undefined],
  ['with an unencoded password', 'http://runner:100%sure@127.0.0.1:3128', '100%sure'],
  ['with an unencoded user name', 'http://100%:sure-thing@127.0.0.1:3128', 'sure-thing'],
])(
  'a proxy address %s that would be used is refused before any request, and not shown',
  async (_, HTTPS_PROXY, password) => {
    const scenario = await host.open();
    const inputs = { 'server-url': 'https://checks.corp.test' };
    const record = await scenario.run({ inputs, env: { HTTPS_PROXY } });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringContaining('The environment variable `HTTPS_PROXY` is not the address of an HTTP proxy'),
    ]);
    if (password !== undefined) {
      expect(JSON.stringify(record)).not.toContain(password);
    }
    expect(scenario.proxy.requests).toEqual([]);
  },
);
