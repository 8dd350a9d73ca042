import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createOpenApiDocument } from '../../server/api-docs/document.ts';
import { ERROR_CODES } from '../../server/http/errors.ts';
import { type Site, startSite } from '../helpers/network/site.ts';
import { startTestServer, type TestServer } from '../helpers/server/server.ts';
import { printSignInLink, signInLocally } from '../helpers/server/sign-in.ts';

const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');

const operationSchema = z.looseObject({ security: z.array(z.record(z.string(), z.array(z.string()))) });
const { paths = {} } = createOpenApiDocument({ publicUrl: 'http://x', issuerUrl: 'http://x' });
/** Each operation of the document, and how its callers prove who they are, as the page writes both. */
const OPERATIONS = Object.entries(paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([method, operation]) => {
    const { security } = operationSchema.parse(operation);
    const modes = security.flatMap((mode) => Object.keys(mode).map((name) => name.replace('api_key', 'key')));
    return { route: `${method.toUpperCase()} ${path}`, modes: modes.join(', ') };
  }),
);

describe('the table of routes', () => {
  const rows = [...page.matchAll(/^\| `([A-Z]+ \/[^`]+)` \| ([^|]+) \|/gm)].map(
    ([, route = '', modes = '']) => ({ route, modes }),
  );

  test('has every route of the OpenAPI document once, and no other', () => {
    expect(rows.map(({ route }) => route).sort()).toEqual(OPERATIONS.map(({ route }) => route).sort());
  });

  test('says who may call each', () => {
    const others = rows.filter(({ modes }) => /^(key|session)/.test(modes));
    expect(others.sort(byRoute)).toEqual(OPERATIONS.filter(({ modes }) => modes !== '').sort(byRoute));
  });
});

test('the table of errors has every code once', () => {
  const [, table = ''] = page.split('\n| status | codes |\n');
  const codes = [...table.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code]) => code);
  expect(codes.sort()).toEqual([...ERROR_CODES].sort());
});

const hasCurl = spawnSync('curl', ['--version']).status === 0;
if (!hasCurl) {
  console.warn('NOT RUN: the commands of docs/api.md, since there is no curl here.');
}

/** A line of a block of the page, with its continuations. */
const STATEMENTS = [...page.matchAll(/^```sh\n([\s\S]+?)^```$/gm)]
  .flatMap(([, block = '']) => block.replaceAll('\\\n', ' ').split('\n'))
  .filter((line) => line !== '');

(hasCurl ? describe : describe.skip)('the commands', () => {
  let server: TestServer;
  let shop: Site;
  const folder = mkdtempSync(join(tmpdir(), 'qassandra-curl-'));
  /** Ends the answers of the shop: from the trigger of the branch `slow` on there are none. */
  const slow = Promise.withResolvers<void>();
  const front = { body: 'Shop', until: Promise.resolve() };
  const answers: { statement: string; request: string; status: number; body: string }[] = [];

  beforeAll(async () => {
    [server, shop] = await Promise.all([
      startTestServer({ env: { RUNNERS: '1' } }),
      startSite({ '/': front }),
    ]);
    const origin = server.url.replace('127.0.0.1', 'localhost');
    let prelude = DEFINITIONS;
    for (const statement of STATEMENTS) {
      const line = statement
        .replaceAll('http://localhost:3000', origin)
        .replaceAll('https://shop.example.com', shop.url);
      if (/^[A-Z_]+=|^\w+\(\)/.test(line)) {
        prelude += `${await fillIn(line)}\n`;
        continue;
      }
      if (line.includes('"branch": "slow"')) {
        front.until = slow.promise;
      }
      answers.push(...(await run(line, prelude)));
    }
  }, 120_000);
  afterAll(async () => {
    slow.resolve();
    await server.stop();
    await shop.stop();
    rmSync(folder, { recursive: true });
  });

  /** An assignment with the value that the answers so far gave, in the place of the page's example. */
  async function fillIn(line: string): Promise<string> {
    const [, name = '', example = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
    const last = (pattern: RegExp) =>
      answers.map(({ body }) => pattern.exec(body)?.[1]).findLast((value) => value !== undefined) ?? '';
    switch (name) {
      case 'LINK':
        return `LINK='${await printSignInLink(server)}'`;
      case 'KEY':
        return line.replace('qsk_…', last(/"api_key":"(qsk_\w+)"/));
      case 'CHECK':
        return `CHECK=${last(/"check_id":"([^"]+)"/)}`;
      case 'ORG':
        return `ORG=${last(/^\{"id":"([^"]+)","name":"Acme"/)}`;
      case 'INVITATION':
        return `INVITATION=${last(/"invitation":\{"id":"([^"]+)"/)}`;
      case 'USER_ID':
        return `USER_ID=${await addMember()}`;
      default:
        expect([name, example]).toEqual(name === '' ? ['', ''] : ['URL', expect.any(String)]);
        return line;
    }
  }

  /** What the page leaves to another person: signing in, after an invitation. */
  async function addMember(): Promise<string> {
    const { id } = await signInLocally(server, 'ada@example.com');
    await server.query(
      `insert into members (organization_id, user_id, role)
       select id, $1, 'member' from organizations where name = 'Acme Inc.'`,
      [id],
    );
    return id;
  }

  async function run(statement: string, prelude: string) {
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', `${prelude}${statement}`], {
      cwd: folder,
      env: { PATH: process.env.PATH },
      encoding: 'utf8',
    });
    const parts = [...stdout.matchAll(/([\s\S]*?)\n@ (\d+) (\w+) (\S+)\n/g)];
    if (parts.length === 0) {
      throw new Error(`${statement}\nprinted: ${stdout}${stderr}`);
    }
    return parts.map(([, body = '', status, method, url]) => ({
      statement,
      request: `${method} ${new URL(url ?? '').pathname}`,
      status: Number(status),
      body,
    }));
  }

  test('all succeed', () => {
    const failed = answers.filter(({ status }) => status >= 400);
    expect(failed).toEqual([]);
    expect(answers.length).toBeGreaterThan(25);
  });

  test('show every route but GitHub’s', () => {
    const isOf = (route: string, request: string) =>
      new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}$`).test(request);
    const missing = OPERATIONS.filter(({ route }) => !answers.some(({ request }) => isOf(route, request)));
    expect(missing.map(({ route }) => route)).toEqual(['POST /api/secret-scanning/github']);
  });

  test('get the answer that the page shows', () => {
    const [, shown = ''] = /^```json\n(\{"message".+\})\n```$/m.exec(page) ?? [];
    const given = answers.find(({ statement }) => statement.includes('build-4711'))?.body ?? '{}';
    expect(readShape(JSON.parse(given))).toEqual(readShape(JSON.parse(shown)));
  });
});

/** Each answer of curl is followed by a line with its status and its request. */
const DEFINITIONS = `curl() { command curl -w '\\n@ %{http_code} %{method} %{url_effective}\\n' "$@"; }\n`;

function byRoute(one: { readonly route: string }, other: { readonly route: string }): number {
  return one.route.localeCompare(other.route);
}

/** The names in an answer, and the values that do not change from one run to the next. */
function readShape(answer: Record<string, unknown>) {
  const { check_id, app_id, check_url, ...same } = answer;
  return { ...same, kinds: [check_id, app_id, check_url].map((value) => typeof value) };
}
