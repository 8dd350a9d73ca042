import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import request from 'supertest';
import type { Supabase } from '../stand-ins/supabase.ts';
import { signIn, type TestServer } from './server.ts';

let names = 0;

export function createCredentials(): { email: string; password: string } {
  names += 1;
  return { email: `person-${names}@example.com`, password: 'correct horse battery' };
}

/** The cookies that a browser sends after it has received this answer. */
export function toCookies(answer: request.Response): string {
  return [answer.headers['set-cookie'] ?? []]
    .flat()
    .map((cookie) => cookie.split(';', 1)[0] ?? '')
    .filter((cookie) => !cookie.endsWith('='))
    .join('; ');
}

/** Signs a new person in, as the sign-in page does, and returns the `Cookie` header. */
export async function signInWithPassword(
  supabase: Supabase,
  server: Pick<TestServer, 'url'>,
  credentials = createCredentials(),
): Promise<string> {
  supabase.addUser(credentials);
  const answer = await request(server.url)
    .post('/auth/password')
    .set('Sec-Fetch-Site', 'same-origin')
    .send(credentials);
  if (answer.status !== 204) {
    throw new Error(`The sign-in was answered ${answer.status}: ${answer.text}`);
  }
  return toCookies(answer);
}

/** The access token in a session cookie of one chunk. */
export function readAccessToken(cookie: string): string {
  const value = cookie.slice(cookie.indexOf('=base64-') + '=base64-'.length);
  return JSON.parse(Buffer.from(value, 'base64url').toString()).access_token;
}

export interface SignInCommand {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const SIGN_IN_COMMAND = join(import.meta.dirname, '..', '..', '..', 'server', 'commands', 'sign-in.ts');

/** Runs what `npm run sign-in -- ARGS` runs, with the settings of a server. */
export async function runSignInCommand(
  { url, connectionString }: Pick<TestServer, 'url' | 'connectionString'>,
  ...args: string[]
): Promise<SignInCommand> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, DATABASE_URL: connectionString, PORT: new URL(url).port };
  const child = spawn(process.execPath, [SIGN_IN_COMMAND, ...args], { env });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close'),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}

/** The link that the command prints. */
export async function printSignInLink(
  server: Pick<TestServer, 'url' | 'connectionString'>,
  ...args: string[]
): Promise<string> {
  const { stdout, stderr } = await runSignInCommand(server, ...args);
  const link = /^Sign in: (\S+)$/m.exec(stdout)?.[1];
  if (link === undefined) {
    throw new Error(`The command printed no link: ${stdout}${stderr}`);
  }
  return link;
}

/** Signs in a person of a server with local sign-in, by a link of their own. */
export async function signInLocally(
  server: Pick<TestServer, 'url' | 'connectionString'>,
  email: string,
): Promise<TestPerson> {
  const cookie = await signIn(server.url, await printSignInLink(server, '--email', email));
  const me = await request(server.url).get('/api/me').set('Cookie', cookie);
  return { id: me.body.user.id, email, cookie };
}

export interface TestPerson {
  readonly id: string;
  readonly email: string;
  readonly cookie: string;
}

/** Signs in a person with an account, by default with a new address. */
export async function signInPerson(
  supabase: Supabase,
  server: Pick<TestServer, 'url'>,
  email = createCredentials().email,
): Promise<TestPerson> {
  const cookie = await signInWithPassword(supabase, server, { ...createCredentials(), email });
  const me = await request(server.url).get('/api/me').set('Cookie', cookie);
  return { id: me.body.user.id, email, cookie };
}
