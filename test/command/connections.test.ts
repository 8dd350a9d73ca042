import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../helpers/action/action-scenario.ts';
import { runCheck } from '../helpers/action/command-process.ts';
import { resolving } from '../helpers/action/runtime.ts';
import { type HttpProxy, startProxy } from '../helpers/network/proxy.ts';

/** The command shares its client with the step, whose tests try more of the same: test/action/client. */

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

/** Checks with a server whose name resolves here too, so that it can be reached with and without the proxy. */
async function checkByName(createVariables: (proxy: HttpProxy) => Readonly<Record<string, string>>) {
  const scenario = await host.open();
  const proxy = await startProxy();
  proxies.push(proxy);
  const record = await runCheck(scenario, {
    args: ['--server', scenario.proxy.url.replace('127.0.0.1', 'checks.corp.test')],
    env: { ...resolving({ 'checks.corp.test': [['127.0.0.1']] }), ...createVariables(proxy) },
  });
  expect(record.exitCode).toBe(0);
  expect(record.stdout + record.stderr).not.toContain('hunter22');
  return { isProxied: proxy.requests.length > 0 };
}

describe('a proxy', () => {
  test('is used, and its password is not shown', async () => {
    const variables = ({ port }: HttpProxy) => ({ HTTP_PROXY: `http://me:hunter22@127.0.0.1:${port}` });
    expect(await checkByName(variables)).toEqual({ isProxied: true });
  });

  test('is used if NO_PROXY names other hosts', async () => {
    const variables = ({ url }: HttpProxy) => ({ HTTP_PROXY: url, NO_PROXY: 'orp.test,checks.corp' });
    expect(await checkByName(variables)).toEqual({ isProxied: true });
  });

  test.each([
    ['NO_PROXY names the domain of the server', { NO_PROXY: 'a.test, Corp.test' }],
    ['no_proxy is empty, and NO_PROXY names the domain', { no_proxy: '', NO_PROXY: '.corp.test' }],
  ])('is not used if %s', async (_, exceptions) => {
    const variables = ({ url }: HttpProxy) => ({ HTTP_PROXY: url, ...exceptions });
    expect(await checkByName(variables)).toEqual({ isProxied: false });
  });

  test('does not end the command if it speaks SOCKS and is for the other protocol', async () => {
    const variables = () => ({
      HTTPS_PROXY: 'socks5://127.0.0.1:1080',
      ALL_PROXY: 'socks5://127.0.0.1:1080',
    });
    expect(await checkByName(variables)).toEqual({ isProxied: false });
  });

  test('is not used for loopback', async () => {
    const scenario = await host.open();
    const proxy = await startProxy();
    proxies.push(proxy);
    const record = await runCheck(scenario, { env: { HTTP_PROXY: proxy.url, NODE_USE_ENV_PROXY: '1' } });
    expect(record).toMatchObject({ exitCode: 0, stderr: '' });
    expect(proxy.requests).toEqual([]);
  });
});

test.each([408, 530])('a load balancer’s %d is tried again, and makes one check', async (status) => {
  const scenario = await host.open({
    rules: [{ on: /trigger$/, faults: [{ kind: 'answer', status, body: '<h1>Not now</h1>' }] }],
  });
  const record = await runCheck(scenario);
  expect(record.exitCode).toBe(0);
  expect(record.stderr).toMatch(/answered \d+.* Trying again in /);
  expect(await scenario.checks()).toHaveLength(1);
});

test('a name that does not resolve is tried for seconds', async () => {
  const scenario = await host.open();
  const record = await runCheck(scenario, {
    args: ['--server', 'http://mistyped.test', '--timeout-minutes', '60'],
    env: resolving({ 'mistyped.test': ['ENOTFOUND'] }),
  });
  expect(record.exitCode).toBe(1);
  expect(record.stderr).toMatch(/Gave up after \d tries in \d+(\.\d)? s\./);
});
