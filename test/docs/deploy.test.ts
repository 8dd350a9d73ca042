import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Deployment } from 'kubernetes-models/apps/v1';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Secret, Service } from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { COMMAND_WORDS } from '../../action/src/command/command-words.ts';
import { STEP_WORDS } from '../../action/src/step/step-words.ts';
import { parseConfig } from '../../server/config.ts';
import { USER_AGENT } from '../../server/runner/link-walker/http/client/user-agent.ts';
import { createCertificate } from '../helpers/network/tls/certificate.ts';

/** The examples of docs/deploy, by the tools that read them where these are installed. */

const folder = new URL('../../docs/deploy/', import.meta.url);
const readExample = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const scratch = mkdtempSync(join(tmpdir(), 'qassandra-deploy-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A test that needs a program. Says so where that is not installed: a skipped test is not a pass. */
function testWith(program: string, title: string, run: () => void): void {
  const isThere = spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  if (!isThere) {
    console.warn(`NOT RUN: ${program} is not installed: ${title}`);
  }
  (isThere ? test : test.skip)(title, run);
}

function write(name: string, text: string): string {
  const file = join(scratch, name);
  writeFileSync(file, text);
  return file;
}

/** Longer than `?wait=` holds an answer. */
const LONGEST_WAIT_SECONDS = 60;

testWith('systemd-analyze', 'systemd accepts the unit', () => {
  const unit = readExample('qassandra.service').replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`);
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', write('qassandra.service', unit)], {
    encoding: 'utf8',
  });
  expect([status, stderr.split('\n').filter((line) => line.includes('qassandra'))]).toEqual([0, []]);
});

test('the unit starts the server itself, with the Node.js of the clone', () => {
  const [, command] = /^ExecStart=(.+)$/m.exec(readExample('qassandra.service')) ?? [];
  expect(command).toBe('/opt/qassandra/node_modules/node/bin/node server/main.ts');
});

describe('a proxy', () => {
  testWith('nginx', 'nginx accepts its example', () => {
    const { pem, keyPem } = createCertificate({ name: 'checks.example.com' });
    const site = readExample('nginx.conf')
      .replace(/ssl_certificate .+;/, `ssl_certificate ${write('certificate.pem', pem)};`)
      .replace(/ssl_certificate_key .+;/, `ssl_certificate_key ${write('key.pem', keyPem)};`);
    const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((kind) => `${kind}_temp_path ${join(scratch, kind)};`)
      .join(' ');
    const include = `include ${write('site.conf', site)};`;
    const main = `pid ${join(scratch, 'pid')}; events {} http { access_log off; ${places} ${include} }`;
    const { status, stderr } = spawnSync('nginx', ['-t', '-c', write('nginx.conf', main), '-p', scratch], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, expect.stringContaining('test is successful')]);
  });

  testWith('caddy', 'Caddy accepts its example', () => {
    const file = write('Caddyfile', readExample('Caddyfile'));
    const { status, stderr } = spawnSync('caddy', ['validate', '--adapter', 'caddyfile', '--config', file], {
      env: { PATH: process.env.PATH, HOME: scratch },
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('Error')]);
  });

  test.each([
    ['nginx.conf', /proxy_read_timeout (\d+)s;/],
    ['Caddyfile', /response_header_timeout (\d+)s/],
    ['kubernetes.yaml', /proxy-read-timeout: "(\d+)"/],
  ])('%s waits for longer than ?wait= holds an answer', (name, pattern) => {
    expect(Number(pattern.exec(readExample(name))?.[1])).toBeGreaterThan(LONGEST_WAIT_SECONDS);
  });

  test.each(['nginx.conf', 'Caddyfile'])('%s leads to the port that the server listens on', (name) => {
    const { host, port } = parseConfig({});
    expect(readExample(name)).toContain(`${host}:${port}`);
  });
});

/** What the secret of the example would hold. */
const SECRETS: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgres://user:word@host/name',
  ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
};

describe('the Kubernetes objects', () => {
  const KINDS = { Deployment, Ingress, PodDisruptionBudget, Secret, Service };
  const objects = parseAllDocuments(readExample('kubernetes.yaml')).map((document): unknown =>
    document.toJS(),
  );
  const labelsSchema = z.record(z.string(), z.string());
  const deploymentSchema = z.object({
    kind: z.literal('Deployment'),
    metadata: z.object({ name: z.string() }),
    spec: z.object({
      selector: z.object({ matchLabels: labelsSchema }),
      template: z.object({
        metadata: z.object({ labels: labelsSchema }),
        spec: z.object({
          securityContext: z.object({ runAsNonRoot: z.literal(true), runAsUser: z.literal(1000) }),
          containers: z.tuple([
            z.object({
              image: z.string(),
              command: z.array(z.string()).default(['node', 'server/main.ts']),
              ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
              env: z.array(z.object({ name: z.string(), value: z.string().optional() })),
              securityContext: z.object({
                readOnlyRootFilesystem: z.literal(true),
                allowPrivilegeEscalation: z.literal(false),
              }),
            }),
          ]),
        }),
      }),
    }),
  });
  const deployments = objects.flatMap((object) => deploymentSchema.safeParse(object).data ?? []);
  const nameSchema = z.object({
    kind: z.enum(['Deployment', 'Ingress', 'PodDisruptionBudget', 'Secret', 'Service']),
  });

  test('are one secret, two deployments, a service, a budget and an ingress', () => {
    expect(objects.map((object) => nameSchema.parse(object).kind)).toEqual([
      'Secret',
      'Deployment',
      'Deployment',
      'Service',
      'PodDisruptionBudget',
      'Ingress',
    ]);
    expect(deployments).toHaveLength(2);
  });

  /** Throws with the fields that Kubernetes' own schema does not have, or has otherwise. */
  const validate = (object: unknown) => {
    const { kind } = nameSchema.parse(object);
    new KINDS[kind](JSON.parse(JSON.stringify(object))).validate();
  };

  test('fit the schema of their kind', () => {
    for (const object of objects) {
      expect(() => validate(object)).not.toThrow();
    }
  });

  test('would not fit it with a field of the wrong type', () => {
    const [, deployment] = structuredClone(objects);
    Object.assign(Object(deployment).spec, { replicas: 'two' });
    expect(() => validate(deployment)).toThrow(/replicas/);
  });

  test('select the pods that they make, by ports that these have', () => {
    for (const { spec } of deployments) {
      expect(spec.template.metadata.labels).toEqual(spec.selector.matchLabels);
    }
    const [server] = deployments;
    const service = z
      .object({
        spec: z.object({ selector: labelsSchema, ports: z.array(z.object({ targetPort: z.string() })) }),
      })
      .parse(objects[3]).spec;
    expect(service.selector).toEqual(server?.spec.template.metadata.labels);
    const names = server?.spec.template.spec.containers[0].ports.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(service.ports.map(({ targetPort }) => targetPort)));
  });

  test('start what the image has, with settings that the server takes', () => {
    const [server, runner] = deployments.map(({ spec }) => spec.template.spec.containers[0]);
    expect([server?.command, runner?.command]).toEqual([
      ['node', 'server/main.ts'],
      ['node', 'server/commands/runner.ts'],
    ]);
    for (const container of [server, runner]) {
      const env = container?.env.map(({ name, value }) => [name, value ?? SECRETS[name]]);
      const config = parseConfig(Object.fromEntries(env ?? []));
      expect(config.privateTargets).toBe('deny');
    }
    const config = parseConfig(
      Object.fromEntries(server?.env.map(({ name, value = SECRETS[name] }) => [name, value]) ?? []),
    );
    expect(server?.ports.map(({ containerPort }) => containerPort)).toEqual([
      config.port,
      config.metrics?.port,
    ]);
  });
});

test('the page on what to let through names the user agents that are sent', () => {
  const page = readFileSync(new URL('../self-hosting.md', folder), 'utf8');
  expect(page).toContain(`\`User-Agent: ${USER_AGENT}\``);
  for (const { client } of [STEP_WORDS, COMMAND_WORDS]) {
    expect(page).toContain(`${client}/`);
  }
});
