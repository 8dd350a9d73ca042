import type { TlsOptions } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { runCheck } from '../../helpers/action/command-process.ts';
import { resolving } from '../../helpers/action/runtime.ts';
import type { Fault } from '../../helpers/network/fault-proxy.ts';
import { setUpTlsScenarios } from '../../helpers/network/tls/set-up-tls-scenarios.ts';
import { openTlsTerminator } from '../../helpers/network/tls/tls-terminator.ts';

const scenarios = setUpTlsScenarios();
const { authority, authorityFile, opened } = scenarios;

const ENVIRONMENT = {
  ...resolving({ 'qassandra.test': [['127.0.0.1']] }),
  NODE_EXTRA_CA_CERTS: authorityFile,
};
const REQUIRED: TlsOptions = { requestCert: true, rejectUnauthorized: true, ca: authority.pem };
const NGINX: Fault = {
  kind: 'answer',
  status: 400,
  headers: { 'content-type': 'text/html' },
  body: '<html>\r\n<head><title>400 No required SSL certificate was sent</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n<center>No required SSL certificate was sent</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n',
};
const TITLE = '::error title=Qassandra%3A a client certificate is asked for::';

async function open(tls: TlsOptions) {
  const scenario = await scenarios.host.open();
  const { inputs } = await openTlsTerminator(scenario, { authority, opened, tls });
  return { scenario, inputs };
}

describe('a server that requires a client certificate', () => {
  test('fails the step at once, and the error says that the action has no certificate to send', async () => {
    const { scenario, inputs } = await open(REQUIRED);
    const record = await scenario.run({ inputs, env: ENVIRONMENT });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringContaining(
        'could not be reached (the server asks for a client certificate). The action cannot send one. Let this runner in without a certificate, or run a proxy on the runner that sends it.',
      ),
    ]);
    expect(record.errors[0]).not.toMatch(/does not trust|Gave up/);
    expect(record.stdout).toContain(TITLE);
    expect(scenario.proxy.requests).toEqual([]);
  });

  test('fails the command in its own words', async () => {
    const { scenario, inputs } = await open(REQUIRED);
    const record = await runCheck(scenario, { args: ['--server', inputs['server-url']], env: ENVIRONMENT });
    expect(record.exitCode).toBe(1);
    expect(record.stderr).toContain('The command cannot send one');
  });

  test('is named as a possible reason if TLS before 1.3 does not tell', async () => {
    const { scenario, inputs } = await open({ ...REQUIRED, maxVersion: 'TLSv1.2' });
    const record = await scenario.run({
      inputs: { ...inputs, 'timeout-minutes': '0.005' },
      env: ENVIRONMENT,
    });
    expect(record.errors).toEqual([
      expect.stringContaining('(the server refused the TLS handshake: it may ask for a client certificate)'),
    ]);
  });

  test("is named as the reason for nginx's answer", async () => {
    const scenario = await scenarios.host.open({ rules: [{ on: /trigger$/, faults: [NGINX] }] });
    const record = await scenario.run();
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringMatching(
        /answered 400 Bad Request\. It asks for a client certificate\. The action cannot send one/,
      ),
    ]);
    expect(record.errors[0]).not.toMatch(/Correct the inputs|is `server-url` right/);
    expect(record.stdout).toContain(TITLE);
  });
});

describe("a server's certificate check", () => {
  test('lets the step pass if the client certificate is optional', async () => {
    const { scenario, inputs } = await open({ ...REQUIRED, rejectUnauthorized: false });
    expect(await scenario.run({ inputs, env: ENVIRONMENT })).toMatchObject({ exitCode: 0, errors: [] });
  });

  test("names the server's own untrusted certificate as the reason", async () => {
    const { scenario, inputs } = await open({});
    const { NODE_OPTIONS } = ENVIRONMENT;
    const record = await scenario.run({ inputs, env: { NODE_OPTIONS } });
    expect(record.errors).toEqual([expect.stringContaining("does not trust the server's certificate")]);
    expect(record.stdout).toContain('::error title=Qassandra%3A the certificate is not trusted::');
  });

  test('does not name a client certificate for another 400 page', async () => {
    const fault: Fault = { kind: 'answer', status: 400, body: '<h1>400 Bad Request</h1>' };
    const scenario = await scenarios.host.open({ rules: [{ on: /trigger$/, faults: [fault] }] });
    expect((await scenario.run()).errors).toEqual([expect.stringContaining('is `server-url` right?')]);
  });
});
