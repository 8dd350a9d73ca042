import { describe, expect, test } from '@jest/globals';
import type { Scenario } from '../../helpers/action/action-scenario.ts';
import { recordedEvent } from '../../helpers/action/events.ts';
import { type HttpProxy, type HttpProxyOptions, startProxy } from '../../helpers/network/proxy.ts';
import { setUpTlsScenarios } from '../../helpers/network/tls/set-up-tls-scenarios.ts';
import { openTlsTerminator } from '../../helpers/network/tls/tls-terminator.ts';
import { startGitHub, TOKEN } from '../../helpers/stand-ins/github.ts';

const scenarios = setUpTlsScenarios();
const { authority, authorityFile, opened } = scenarios;

const SHORT = { 'timeout-minutes': '0.005' };

async function openProxy(options: HttpProxyOptions = {}): Promise<HttpProxy> {
  const proxy = await startProxy(options);
  opened.push(proxy);
  return proxy;
}

describe('a request to an https server', () => {
  test.each(['HTTPS_PROXY', 'https_proxy'])('goes through the proxy of %s', async (name) => {
    const scenario = await scenarios.host.open();
    const { port, inputs } = await openTlsTerminator(scenario, { authority, opened });
    const proxy = await openProxy({ leadsTo: port });
    const env = { NODE_EXTRA_CA_CERTS: authorityFile, [name]: proxy.url };
    const record = await scenario.run({ inputs, env });
    expect(record).toMatchObject({ exitCode: 0, errors: [], warnings: [] });
    expect(record.outputs.conclusion).toBe('success');
    // Requests may share a tunnel.
    expect(new Set(proxy.requests)).toEqual(new Set([`CONNECT qassandra.test:${port}`]));
  });

  test('sends the proxy its user name and password, and hides them', async () => {
    const scenario = await scenarios.host.open();
    const { port, inputs } = await openTlsTerminator(scenario, { authority, opened });
    const proxy = await openProxy({ leadsTo: port, credentials: 'runner:p@ss:word' });
    const HTTPS_PROXY = `http://runner:p%40ss%3Aword@127.0.0.1:${proxy.port}`;
    const record = await scenario.run({ inputs, env: { NODE_EXTRA_CA_CERTS: authorityFile, HTTPS_PROXY } });
    expect(record.exitCode).toBe(0);
    expect(record.isMasked('p@ss:word')).toBe(true);
    expect(record.isMasked('p%40ss%3Aword')).toBe(true);
    expect(JSON.stringify(record)).not.toMatch(/p(@|%40)ss/);
  });

  test('requires a trusted certificate of the server', async () => {
    const scenario = await scenarios.host.open();
    const { port, inputs } = await openTlsTerminator(scenario, { authority, opened });
    const proxy = await openProxy({ leadsTo: port });
    const record = await scenario.run({ inputs, env: { HTTPS_PROXY: proxy.url } });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([expect.stringContaining('NODE_EXTRA_CA_CERTS')]);
    expect(proxy.requests).toHaveLength(1);
    expect(scenario.proxy.requests).toEqual([]);
  });
});

/** The scenario's server, under a name that only a proxy resolves. */
const nameServer = ({ proxy }: Scenario) => ({
  'server-url': proxy.url.replace('127.0.0.1', 'qassandra.test'),
});

describe('an http server is reached through a proxy', () => {
  test.each([
    ['of HTTP_PROXY', (proxy: HttpProxy) => ({ HTTP_PROXY: proxy.url })],
    ['of http_proxy', (proxy: HttpProxy) => ({ http_proxy: proxy.url })],
    ['without a scheme', (proxy: HttpProxy) => ({ HTTP_PROXY: `127.0.0.1:${proxy.port}` })],
    ['of HTTP_PROXY if http_proxy is empty', ({ url }: HttpProxy) => ({ http_proxy: ' ', HTTP_PROXY: url })],
    [
      'of http_proxy rather than HTTP_PROXY',
      ({ url }: HttpProxy) => ({ http_proxy: url, HTTP_PROXY: 'http://127.0.0.1:9' }),
    ],
  ])('%s', async (_, createEnv) => {
    const scenario = await scenarios.host.open();
    const proxy = await openProxy();
    const inputs = nameServer(scenario);
    const record = await scenario.run({ inputs, env: createEnv(proxy) });
    expect(record.exitCode).toBe(0);
    expect(proxy.requests).toHaveLength(scenario.proxy.requests.length);
    expect(proxy.requests[0]).toBe(`POST ${inputs['server-url']}/api/apps/${scenario.app.id}/trigger`);
  });
});

describe('a server at the default port is reached through a proxy', () => {
  test('https', async () => {
    const scenario = await scenarios.host.open();
    const { port } = await openTlsTerminator(scenario, { authority, opened });
    const proxy = await openProxy({ leadsTo: port });
    const inputs = { 'server-url': 'https://qassandra.test' };
    const env = { NODE_EXTRA_CA_CERTS: authorityFile, HTTPS_PROXY: proxy.url };
    expect(await scenario.run({ inputs, env })).toMatchObject({ exitCode: 0, errors: [] });
    expect(new Set(proxy.requests)).toEqual(new Set(['CONNECT qassandra.test:443']));
  });

  test('http', async () => {
    const scenario = await scenarios.host.open();
    const proxy = await openProxy({ leadsTo: Number(new URL(scenario.proxy.url).port) });
    const inputs = { 'server-url': 'http://qassandra.test' };
    const record = await scenario.run({ inputs, env: { HTTP_PROXY: proxy.url } });
    expect(record).toMatchObject({ exitCode: 0, errors: [] });
    expect(proxy.requests[0]).toBe(`POST http://qassandra.test/api/apps/${scenario.app.id}/trigger`);
  });
});

test("GitHub's API is reached through the proxy, for the commit's message and the comment", async () => {
  const github = await startGitHub();
  opened.push(github);
  const proxy = await openProxy({ leadsTo: Number(new URL(github.url).port) });
  const scenario = await scenarios.host.open();
  const record = await scenario.run({
    inputs: { 'github-token': TOKEN, comment: 'true' },
    event: { name: 'pull_request', payload: recordedEvent('pull_request') },
    env: { GITHUB_API_URL: 'http://github.test', HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' },
  });
  expect(record).toMatchObject({ exitCode: 0, errors: [], warnings: [] });
  expect(new Set(proxy.requests)).toEqual(new Set(['CONNECT github.test:80']));
  expect(github.requests.some(({ path }) => /^\/repos\/.+\/commits\//.test(path))).toBe(true);
  expect(github.comments).toHaveLength(1);
});

describe('an error of a proxy is told apart from one of the server', () => {
  const SIGN_IN = 'the proxy asks for a sign-in';
  const CLOSED = 'the proxy did not let it through';

  test('407 for a tunnel: says where to put the password, and is not retried', async () => {
    const scenario = await scenarios.host.open();
    const proxy = await openProxy({ credentials: 'runner:secret' });
    const HTTPS_PROXY = `http://runner:wrong-one@127.0.0.1:${proxy.port}`;
    const record = await scenario.run({
      inputs: { 'server-url': 'https://qassandra.test' },
      env: { HTTPS_PROXY },
    });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringMatching(
        /^The check was not triggered: https:\/\/qassandra\.test could not be reached: the proxy http:\/\/127\.0\.0\.1:\d+ answered 407 Proxy Authentication Required\. .*or refuses the given ones\. Put the right ones into its address in HTTPS_PROXY/,
      ),
    ]);
    expect(record.stdout).toContain(`::error title=Qassandra%3A ${SIGN_IN}::`);
    expect(proxy.requests).toEqual(['CONNECT qassandra.test:443']);
    expect(JSON.stringify(record)).not.toContain('wrong-one');
  });

  test('407 for an http request: the same', async () => {
    const scenario = await scenarios.host.open();
    const proxy = await openProxy({ credentials: 'runner:secret' });
    const record = await scenario.run({ inputs: nameServer(scenario), env: { HTTP_PROXY: proxy.url } });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringMatching(/answered 407 .*Put the right ones into its address in HTTPS_PROXY/),
    ]);
    expect(record.errors[0]).not.toContain('is `server-url` right?');
    expect(record.stdout).toContain(`::error title=Qassandra%3A ${SIGN_IN}::`);
    expect(proxy.requests).toHaveLength(1);
  });

  test('403 for a tunnel: says who can allow it, and is not retried', async () => {
    const scenario = await scenarios.host.open();
    const proxy = await openProxy({ refusesTunnelsWith: '403 Forbidden' });
    const inputs = { 'server-url': 'https://qassandra.test' };
    const record = await scenario.run({ inputs, env: { HTTPS_PROXY: proxy.url } });
    expect(record.errors).toEqual([
      expect.stringContaining(
        `the proxy ${proxy.url} answered 403 Forbidden. Ask the proxy's operator to allow the server`,
      ),
    ]);
    expect(record.stdout).toContain(`::error title=Qassandra%3A ${CLOSED}::`);
    expect(proxy.requests).toHaveLength(1);
  });

  test.each([
    ['502 Bad Gateway', 'answered 502 Bad Gateway'],
    ['799 Odd', 'answered 799'],
  ])('%s for a tunnel: is retried', async (status, message) => {
    const scenario = await scenarios.host.open();
    const proxy = await openProxy({ refusesTunnelsWith: status });
    const inputs = { 'server-url': 'https://qassandra.test', 'timeout-minutes': '0.02' };
    const record = await scenario.run({ inputs, env: { HTTPS_PROXY: proxy.url } });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringContaining(`the proxy ${proxy.url} ${message}. Check that the proxy`),
    ]);
    expect(record.errors[0]).toMatch(/Gave up after \d tries/);
    expect(proxy.requests.length).toBeGreaterThan(1);
  });

  test.each(['', ' Nonsense'])('a tunnel closed without a valid answer: “%s”', async (answer) => {
    const scenario = await scenarios.host.open();
    const proxy = await openProxy({ refusesTunnelsWith: answer });
    const inputs = { ...SHORT, 'server-url': 'https://qassandra.test' };
    const record = await scenario.run({ inputs, env: { HTTPS_PROXY: proxy.url } });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([expect.stringContaining(`the proxy ${proxy.url} gave no valid answer`)]);
  });

  test.each(['http', 'https'])('an unreachable proxy for %s is named', async (protocol) => {
    const scenario = await scenarios.host.open();
    const gone = await startProxy();
    await gone.stop();
    const proxy = gone.url.replace('//', '//runner:secret-word@');
    const inputs = { ...SHORT, 'server-url': `${protocol}://qassandra.test` };
    const record = await scenario.run({ inputs, env: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringContaining(
        `Requests to it go through the proxy ${gone.url}, unless NO_PROXY names the server`,
      ),
    ]);
    expect(JSON.stringify(record)).not.toContain('secret-word');
  });
});
