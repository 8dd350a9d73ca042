import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { isPrivateHost } from '../../server/dashboard/is-private-host.ts';
import { createTestDatabase } from '../helpers/server/database.ts';
import { startTestServer } from '../helpers/server/server.ts';

/** What the server writes into the document of all pages. */

async function readMeta(env: Record<string, string>, name: string): Promise<string | undefined> {
  const database = await createTestDatabase();
  const server = await startTestServer({ env, database });
  const html = await (await fetch(server.url)).text();
  await server.stop();
  await database.drop();
  return new RegExp(`<meta name="${name}" content="([^"]*)"`).exec(html)?.[1];
}

test('names the commit of the build, which is one of this repository', async () => {
  const ref = await readMeta({}, 'qassandra-action-ref');
  expect(ref).toBe(readFileSync(new URL('../../server/dashboard/dist/commit.txt', import.meta.url), 'utf8'));
  expect(ref).toMatch(/^[0-9a-f]{40}$/);
  expect(execFileSync('git', ['cat-file', '-t', ref ?? ''], { encoding: 'utf8' })).toBe('commit\n');
});

test('names what ACTION_REF says instead', async () => {
  expect(await readMeta({ ACTION_REF: 'v1.2.3' }, 'qassandra-action-ref')).toBe('v1.2.3');
});

test.each([
  [{}, 'private'],
  [{ PUBLIC_URL: 'http://192.168.1.7:3000' }, 'private'],
  [{ PUBLIC_URL: 'https://checks.example.com' }, 'public'],
])('says for %j that the server is %s', async (env, reach) => {
  expect(await readMeta(env, 'qassandra-reach')).toBe(reach);
});

test.each([
  ['localhost', true],
  ['app.localhost', true],
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.20.0.2', true],
  ['192.168.0.9', true],
  ['169.254.1.1', true],
  ['100.64.0.1', true],
  ['[::1]', true],
  ['[fd00::1]', true],
  ['[fe80::1]', true],
  ['[::ffff:10.0.0.1]', true],
  ['server', true],
  ['nas.local', true],
  ['checks.corp.internal', true],
  ['checks.home.arpa', true],
  ['checks.example.com', false],
  ['local.example.com', false],
  ['mylocal', true],
  ['notlocal.com', false],
  ['8.8.8.8', false],
  ['[2606:4700::1111]', false],
])('the host %s is private: %p', (host, expected) => {
  expect(isPrivateHost(host)).toBe(expected);
});
