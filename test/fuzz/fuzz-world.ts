import { randomBytes } from 'node:crypto';
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
} from 'node:zlib';
import { Pool } from 'undici';
import { createTestDatabase, type TestDatabase } from '../helpers/server/database.ts';
import { startServerProcess } from '../helpers/server/server-process.ts';
import { readAccessToken, type TestPerson } from '../helpers/server/sign-in.ts';
import { startGithubKeyList } from '../helpers/stand-ins/github-keys.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../helpers/stand-ins/supabase.ts';
import type { Caller, FuzzRequest } from './fuzz-request.ts';
import {
  createDoomedApp,
  createLastingCheck,
  createSpareUser,
  createThings,
  type Keys,
  type Names,
  type People,
  signInPeople,
} from './fuzz-things.ts';
import { ORGANIZATION } from './schema-arbitrary.ts';

/** An answer to a fuzzed request. */
export interface FuzzAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/**
 * A server in its own process with the most verbose log, with people, organizations, apps and keys to send
 * requests about.
 */
export interface FuzzWorld {
  /** Rejects when no answer comes in time. */
  send(request: FuzzRequest): Promise<FuzzAnswer>;
  /** Remembers what an answer made, and replaces what it removed. */
  follow(request: FuzzRequest, answer: FuzzAnswer): Promise<void>;
  /** Everything that must never be shown, except for a key in the answer that made it. */
  readonly secrets: ReadonlySet<string>;
  readDocument(): Promise<unknown>;
  /** Ends everything and returns the server's whole output. Later calls return the same. */
  stop(): Promise<string>;
}

const ANSWER_MS = 15_000;
const CONNECTIONS = 32;
/**
 * The number of requests after which the things they made are deleted. Lists would grow without end
 * otherwise.
 */
const CLEAR_EVERY = 2_000;

export async function startFuzzWorld(): Promise<FuzzWorld> {
  const [supabase, github, database] = await Promise.all([
    startSupabase(),
    startGithubKeyList(),
    createTestDatabase(),
  ]);
  const server = await startServerProcess({
    env: { ...createEnv(supabase, database), SECRET_SCANNING_KEYS_URL: github.url },
  });
  const people = await signInPeople(supabase, server);
  const { names, keys } = await createThings(server, database, people);
  const callers = createCallers(people, keys);
  const pool = new Pool(server.url, {
    connections: CONNECTIONS,
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
  });
  const kept = await readIds(database);
  const secrets = new Set([
    ...Object.values(keys).map((key) => key.slice(4)),
    ...Object.values(people).map(({ cookie }) => readAccessToken(cookie)),
    ...Object.values(people).map(({ cookie }) => cookie.slice(-40)),
  ]);
  let followed = 0;
  let stopped: Promise<string> | undefined;

  async function stop(): Promise<string> {
    await pool.close();
    await server.end('SIGTERM');
    await Promise.all([supabase.stop(), github.stop(), database.drop()]);
    return server.output();
  }

  return {
    secrets,
    readDocument: async () => (await fetch(`${server.url}/api/openapi.json`)).json(),
    async send(request) {
      const sent = request.body === undefined ? null : pack(fillIn(request.body, names), request.packing);
      const signature = request.caller === 'github' ? Object.entries(github.sign(sent ?? '')) : [];
      const { statusCode, headers, body } = await pool.request({
        method: request.method === 'GET' ? 'GET' : toMethod(request.method),
        path: toPath(request, names),
        headers: [
          ...callers[request.caller],
          ...signature,
          ...request.headers,
          ...toEncoding(request),
        ].flat(),
        body: sent,
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      return { status: statusCode, headers, text: unpack(await body.bytes(), headers['content-encoding']) };
    },
    async follow(request, answer) {
      noteMade(request, answer, { names, secrets });
      await replaceRemoved(request, answer, { names, database });
      followed += 1;
      if (followed % CLEAR_EVERY === 0) {
        await clearAway(database, kept);
      }
    },
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

function noteMade(
  { path }: FuzzRequest,
  { status, text }: FuzzAnswer,
  { names, secrets }: { names: Names; secrets: Set<string> },
): void {
  const made = status === 201 || status === 202 ? JSON.parse(text) : {};
  if (made.api_key !== undefined) {
    secrets.add(made.api_key.slice(4));
  }
  if (/\/(trigger|try)$/.test(path) && made.app_id === names['@app']) {
    names['@check'] = made.check_id;
  }
  if (path.endsWith('/invitations') && made.invitation) {
    names['@invitation'] = made.invitation.id;
  }
}

async function replaceRemoved(
  { method, path, parameters }: FuzzRequest,
  { status }: FuzzAnswer,
  { names, database }: { names: Names; database: TestDatabase },
): Promise<void> {
  if (path.endsWith('/cancel') && status === 202) {
    names['@lasting check'] = await createLastingCheck(database, names);
  }
  if (method !== 'DELETE' || status !== 204) {
    return;
  }
  if (path === '/api/apps/{app}') {
    Object.assign(names, await createDoomedApp(database, names));
  }
  if (parameters.user !== undefined) {
    names['@spare user'] = await createSpareUser(database, names);
  }
}

function createEnv(supabase: Supabase, database: TestDatabase): Record<string, string> {
  return {
    DATABASE_URL: database.connectionString,
    SUPABASE_URL: supabase.url,
    SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY,
    PRIVATE_TARGETS: 'deny',
    // A fuzzer fails to authenticate more often than any limit allows.
    FAILED_AUTH_LIMIT_PER_ADDRESS: '0',
    FAILED_AUTH_LIMIT_PER_KEY_START: '0',
    // A long run triggers its apps more often than the default allows.
    TRIGGER_LIMIT_PER_APP: '100000000',
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    LOG_LEVEL: 'trace',
  };
}

type Ids = Record<'organizations' | 'apps', readonly unknown[]>;

async function readIds(database: TestDatabase): Promise<Ids> {
  const read = async (table: string) =>
    (await database.query(`select id from ${table}`)).rows.map(({ id }) => id);
  return { organizations: await read('organizations'), apps: await read('apps') };
}

/** Removes what requests added, except for the apps made to be removed. */
async function clearAway(database: TestDatabase, kept: Ids): Promise<void> {
  await database.query('delete from organizations where id <> all($1::uuid[])', [kept.organizations]);
  await database.query(`delete from apps where id <> all($1::uuid[]) and name <> 'Doomed'`, [kept.apps]);
}

type Headers = readonly (readonly [string, string])[];

function createCallers(people: People, keys: Keys): Record<Caller, Headers> {
  const bearer = (key: string): readonly [string, string] => ['authorization', `Bearer ${key}`];
  const session = ({ cookie }: TestPerson): Headers => [
    ['cookie', cookie],
    ['sec-fetch-site', 'same-origin'],
  ];
  return {
    nobody: [],
    'malformed key': [bearer(`${keys.own.slice(0, -1)}!`)],
    'unknown key': [bearer(keys.unknown)],
    'replaced key': [bearer(keys.replaced)],
    'own key': [bearer(keys.own)],
    'key of another app': [bearer(keys.other)],
    basic: [['authorization', `Basic ${Buffer.from(`qsk:${keys.own}`).toString('base64')}`]],
    'two keys': [bearer(keys.own), bearer(keys.other)],
    admin: session(people.admin),
    member: session(people.member),
    viewer: session(people.viewer),
    stranger: session(people.stranger),
    'tampered session': session({ ...people.admin, cookie: tamper(people.admin.cookie) }),
    'own key and stranger': [bearer(keys.own), ...session(people.stranger)],
    github: [],
    'unknown key and admin': [bearer(keys.unknown), ...session(people.admin)],
  };
}

/** The same session with another signature in its token. */
function tamper(cookie: string): string {
  const token = readAccessToken(cookie);
  const session = JSON.stringify({ access_token: `${token.slice(0, -8)}AAAAAAAA`, refresh_token: 'x' });
  return `${cookie.split('=', 1)[0]}=base64-${Buffer.from(session).toString('base64url')}`;
}

function toMethod(method: string): 'POST' | 'PUT' | 'PATCH' | 'DELETE' {
  switch (method) {
    case 'POST':
    case 'PUT':
    case 'PATCH':
    case 'DELETE':
      return method;
    default:
      throw new Error(`The fuzzer sends no ${method}: teach it.`);
  }
}

function toPath({ path, parameters, query }: FuzzRequest, names: Readonly<Record<string, string>>): string {
  const at = path.replace(/\{(\w+)\}/g, (_all, name) => {
    const value = parameters[name] ?? '';
    return Object.hasOwn(names, value) ? String(names[value]) : value;
  });
  const encode = (text: string) => encodeURIComponent(text.toWellFormed());
  const search = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  return search === '' ? at : `${at}?${search}`;
}

function fillIn(body: string, names: Names): string {
  return body.replaceAll(`"${ORGANIZATION}"`, `"${names['@organization']}"`);
}

function toEncoding({ body, packing }: FuzzRequest): Headers {
  if (body === undefined || packing === 'plain') {
    return [];
  }
  return [['content-encoding', packing === 'lie' ? 'gzip' : packing]];
}

/** Brotli's default effort is for content that is compressed once and sent often. */
const FAST = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

/** The text of an answer, which some requests ask to be compressed. */
function unpack(body: Uint8Array, encoding: string | string[] | undefined): string {
  const unpackers = { br: brotliDecompressSync, gzip: gunzipSync, deflate: inflateSync };
  const found = Object.entries(unpackers).find(([name]) => name === encoding);
  const bytes = found ? found[1](body) : body;
  return Buffer.from(bytes).toString();
}

function pack(body: string, packing: FuzzRequest['packing']): string | Buffer {
  switch (packing) {
    case 'gzip':
      return gzipSync(body);
    case 'br':
      return brotliCompressSync(body, FAST);
    case 'deflate':
      return deflateSync(body);
    default:
      return body;
  }
}
