import { expect, test } from '@jest/globals';
import { generateApiKey } from '../../../server/auth/keys/api-key.ts';
import type { Scenario } from '../../helpers/action/action-scenario.ts';
import { runCommand } from '../../helpers/action/command-process.ts';
import { startProxy } from '../../helpers/network/proxy.ts';
import { setUpTlsScenarios } from '../../helpers/network/tls/set-up-tls-scenarios.ts';
import { openTlsTerminator } from '../../helpers/network/tls/tls-terminator.ts';

/** The default of `server-url`: the real server stands in for qassandra.com, by a proxy that leads there. */

const scenarios = setUpTlsScenarios();
const { authority, authorityFile, opened } = scenarios;

/** The environment in which qassandra.com is the scenario's server. */
async function standInForHostedService(scenario: Scenario) {
  const { port } = await openTlsTerminator(scenario, { authority, opened, name: 'qassandra.com' });
  const proxy = await startProxy({ leadsTo: port });
  opened.push(proxy);
  return { NODE_EXTRA_CA_CERTS: authorityFile, HTTPS_PROXY: proxy.url };
}

const readFirstLine = (stdout: string) => stdout.split('\n').find((line) => !line.startsWith('::'));
const REFUSAL =
  'This key is unknown at https://qassandra.com. Running your own server? Set `server-url` to its address.';

test('the first line of the log names the hosted service, and says that it is the default', async () => {
  const scenario = await scenarios.host.open();
  const env = await standInForHostedService(scenario);
  const record = await scenario.run({ inputs: { 'server-url': '' }, env });
  expect(record.exitCode).toBe(0);
  expect(readFirstLine(record.stdout)).toBe('Server: https://qassandra.com, the default of `server-url`');
});

test('the first line of the log names a self-hosted server', async () => {
  const scenario = await scenarios.host.open();
  const record = await scenario.run({ inputs: { 'server-url': `${scenario.proxy.url}/` } });
  expect(readFirstLine(record.stdout)).toBe(`Server: ${scenario.proxy.url}`);
});

test('a key that the hosted service does not know is refused, and the error names the input for a self-hosted server', async () => {
  const scenario = await scenarios.host.open();
  const env = await standInForHostedService(scenario);
  const inputs = { 'server-url': '', 'api-key': generateApiKey() };
  const { exitCode, errors } = await scenario.run({ inputs, env });
  expect(exitCode).toBe(1);
  expect(errors).toEqual([expect.stringContaining(REFUSAL)]);
  expect(errors[0]).toContain('https://qassandra.com answered 401 Unauthorized, invalid_api_key.');
});

test('a key that a self-hosted server does not know is refused without advice to choose another server', async () => {
  const scenario = await scenarios.host.open();
  const { errors } = await scenario.run({ inputs: { 'api-key': generateApiKey() } });
  expect(errors).toEqual([expect.stringContaining('it was replaced or removed')]);
  expect(errors[0]).not.toContain('Running your own server');
});

test('the command names its option instead', async () => {
  const scenario = await scenarios.host.open();
  const env = { ...(await standInForHostedService(scenario)), QASSANDRA_API_KEY: generateApiKey() };
  const { exitCode, stderr } = await runCommand({ args: ['check', '--app', 'shop'], env });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('Set `--server` (or QASSANDRA_SERVER_URL) to its address.');
});
