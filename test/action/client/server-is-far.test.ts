import { describe, expect, test } from '@jest/globals';
import { runCheck } from '../../helpers/action/command-process.ts';
import { recordedEvent } from '../../helpers/action/events.ts';
import { resolving } from '../../helpers/action/runtime.ts';
import {
  type FarPort,
  type FarPortOptions,
  hasFarPorts,
  openFarPort,
} from '../../helpers/network/far-port.ts';
import { startProxy } from '../../helpers/network/proxy.ts';
import { setUpTlsScenarios } from '../../helpers/network/tls/set-up-tls-scenarios.ts';
import { openTlsTerminator } from '../../helpers/network/tls/tls-terminator.ts';
import { TOKEN } from '../../helpers/stand-ins/github.ts';

/**
 * A name with two addresses: one takes a second to accept a connection, or never does. Node.js gives each address of a
 * name but the last one 250 ms.
 */

const scenarios = setUpTlsScenarios();
const { authority, authorityFile, opened } = scenarios;

/** Nothing listens at the second one, as where a machine has no IPv6. */
const FAR_AND_NOTHING = ['127.0.0.1', '::1'];

const portOf = ({ url }: { url: string }) => Number(new URL(url).port);

async function openFar(options: FarPortOptions): Promise<FarPort> {
  const far = await openFarPort(options);
  opened.push(far);
  return far;
}

const describeFar = hasFarPorts ? describe : describe.skip;

describeFar('a server that is a second away', () => {
  test('is reached by the step at the first try, http', async () => {
    const scenario = await scenarios.host.open();
    const far = await openFar({ target: portOf(scenario.proxy), addresses: ['127.0.0.1'], accepts: 'late' });
    const record = await scenario.run({
      inputs: { 'server-url': `http://far.test:${far.port}` },
      env: resolving({ 'far.test': [FAR_AND_NOTHING] }),
    });
    expect(record).toMatchObject({ exitCode: 0, outputs: { conclusion: 'success' } });
    expect(record.stdout).not.toContain('could not be reached');
  });

  test('is reached by the step at the first try, https', async () => {
    const scenario = await scenarios.host.open();
    const { port } = await openTlsTerminator(scenario, { authority, opened });
    const far = await openFar({ target: port, addresses: ['127.0.0.1'], accepts: 'late' });
    const record = await scenario.run({
      inputs: { 'server-url': `https://qassandra.test:${far.port}` },
      env: { ...resolving({ 'qassandra.test': [FAR_AND_NOTHING] }), NODE_EXTRA_CA_CERTS: authorityFile },
    });
    expect(record).toMatchObject({ exitCode: 0, outputs: { conclusion: 'success' }, warnings: [] });
    expect(record.stdout).not.toContain('could not be reached');
  });

  test('is reached by the step at the first try through a proxy that is as far away', async () => {
    const scenario = await scenarios.host.open();
    const { port } = await openTlsTerminator(scenario, { authority, opened });
    const proxy = await startProxy({ leadsTo: port });
    opened.push(proxy);
    const far = await openFar({ target: proxy.port, addresses: ['127.0.0.1'], accepts: 'late' });
    const record = await scenario.run({
      inputs: { 'server-url': 'https://qassandra.test' },
      env: {
        ...resolving({ 'proxy.test': [FAR_AND_NOTHING] }),
        NODE_EXTRA_CA_CERTS: authorityFile,
        HTTPS_PROXY: `http://proxy.test:${far.port}`,
      },
    });
    expect(record).toMatchObject({ exitCode: 0, outputs: { conclusion: 'success' } });
    expect(record.stdout).not.toContain('could not be reached');
  });

  test('is reached by the command at the first try', async () => {
    const scenario = await scenarios.host.open();
    const far = await openFar({ target: portOf(scenario.proxy), addresses: ['127.0.0.1'], accepts: 'late' });
    const record = await runCheck(scenario, {
      args: ['--server', `http://far.test:${far.port}`],
      env: resolving({ 'far.test': [FAR_AND_NOTHING] }),
    });
    expect(record.exitCode).toBe(0);
    expect(record.stderr).not.toContain('could not be reached');
  });
});

describeFar('a GitHub that is a second away', () => {
  test('is asked for the commit’s message', async () => {
    const github = await scenarios.host.openGitHub();
    const scenario = await scenarios.host.open();
    const far = await openFar({ target: portOf(github), addresses: ['127.0.0.1'], accepts: 'late' });
    const record = await scenario.run({
      inputs: { 'github-token': TOKEN },
      event: { name: 'pull_request', payload: recordedEvent('pull_request') },
      env: {
        ...resolving({ 'github.test': [FAR_AND_NOTHING] }),
        GITHUB_API_URL: `http://github.test:${far.port}`,
      },
    });
    expect(record).toMatchObject({ exitCode: 0, errors: [] });
    expect(JSON.parse(scenario.proxy.requests[0]?.body ?? '')).toHaveProperty('git_commit_message');
  });
});

describeFar('addresses without an answer', () => {
  test('do not keep the step from the next address', async () => {
    const scenario = await scenarios.host.open();
    const far = await openFar({
      target: portOf(scenario.proxy),
      addresses: ['127.0.0.1'],
      accepts: 'never',
      near: '127.0.0.2',
    });
    const record = await scenario.run({
      inputs: { 'server-url': `http://half.test:${far.port}` },
      env: resolving({ 'half.test': [['127.0.0.1', '127.0.0.2']] }),
    });
    expect(record).toMatchObject({ exitCode: 0, outputs: { conclusion: 'success' } });
    expect(record.stdout).not.toContain('could not be reached');
  });

  test('do not keep a cancelled step from cancelling its check', async () => {
    const scenario = await scenarios.host.open({ pages: { '/': { body: 'slow', delayMs: 20_000 } } });
    const far = await openFar({
      target: portOf(scenario.proxy),
      addresses: ['127.0.0.1', '127.0.0.3'],
      accepts: 'never',
      near: '127.0.0.2',
    });
    const action = await scenario.start({
      inputs: { 'server-url': `http://half.test:${far.port}` },
      env: resolving({ 'half.test': [['127.0.0.1', '127.0.0.3', '127.0.0.2']] }),
    });
    await scenario.proxy.waitFor(/wait=/);
    action.kill('SIGINT');
    const record = await action.ended;
    expect(record.outputs).toMatchObject({ status: 'cancelled', conclusion: 'cancelled' });
    expect(record.stdout).not.toContain('Trying again');
  });
});
