import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { generateApiKey } from '../../../server/auth/keys/api-key.ts';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';
import { type GithubKeyList, startGithubKeyList } from '../../helpers/stand-ins/github-keys.ts';

interface Match {
  readonly token: string;
  readonly type?: string;
  readonly url?: unknown;
  readonly source?: unknown;
}

const PATH = '/api/secret-scanning/github';
const BLOB =
  'https://github.com/octocat/Hello-World/blob/12345600b9cbe38a219f39a9941c9319b600c002/foo/bar.txt';

let database: TestDatabase;
let github: GithubKeyList;
let server: TestServer;
/** A second instance on the same database. */
let other: TestServer;
let app: TestApp;

beforeAll(async () => {
  [database, github] = await Promise.all([createTestDatabase(), startGithubKeyList()]);
  const options = { database, env: { SECRET_SCANNING_KEYS_URL: github.url } };
  server = await startTestServer(options);
  other = await startTestServer(options);
});
afterAll(async () => {
  await Promise.all([server.stop(), other.stop()]);
  await Promise.all([database.drop(), github.stop()]);
});
beforeEach(async () => {
  app = await server.createApp();
});

const hash = (token: string) => createHash('sha256').update(token).digest('hex');
const toBody = (matches: readonly Match[]) =>
  JSON.stringify(
    matches.map(({ token, type = 'qassandra_api_key', url = BLOB, source = 'content' }) => ({
      token,
      type,
      url,
      source,
    })),
  );
const post = (body: string, headers: Record<string, string>, at = server) =>
  request(at.url)
    .post(PATH)
    .set({ 'Content-Type': 'application/json', ...headers })
    .send(body);
const report = (matches: readonly Match[]) => {
  const body = toBody(matches);
  return post(body, github.sign(body));
};
const readLog = async (of: TestApp) =>
  (await asAdmin(server, 'get', `/api/apps/${of.id}/audit-log`)).body.events;
const readLeaks = async (of: TestApp) =>
  (await readLog(of)).filter(({ action }: { action: string }) => action === 'api_key.leaked');

describe('a report from GitHub', () => {
  test('removes a key at once, on every instance, and labels it a true positive', async () => {
    expect((await withKey(other, app, 'get')).status).toBe(200);
    const answer = await report([{ token: app.apiKey }]);
    expect([answer.status, answer.body]).toEqual([
      200,
      [{ token_hash: hash(app.apiKey), token_type: 'qassandra_api_key', label: 'true_positive' }],
    ]);
    expect((await withKey(server, app, 'get')).status).toBe(401);
    expect((await withKey(other, app, 'get')).status).toBe(401);
    expect((await asAdmin(server, 'get', `/api/apps/${app.id}/api-key`)).body.exists).toBe(false);
  });

  test('is in the audit log with its sender, the key and the place of the leak', async () => {
    await report([{ token: app.apiKey, url: BLOB, source: 'Pull_request_description' }]).set(
      'User-Agent',
      'GitHub-Hookshot/1',
    );
    expect(await readLeaks(app)).toEqual([
      {
        id: expect.any(String),
        action: 'api_key.leaked',
        actor: { type: 'secret_scanning', name: 'GitHub secret scanning' },
        leak: { start: app.apiKey.slice(0, 8), url: BLOB, source: 'pull_request_description' },
        secret_name: null,
        changed_fields: null,
        ip: '127.0.0.1',
        user_agent: 'GitHub-Hookshot/1',
        created_at: expect.any(String),
      },
    ]);
    expect((await readLog(app)).at(-1)).toMatchObject({ action: 'api_key.generated', leak: null });
  });

  test('changes nothing for unknown tokens and labels them false positives', async () => {
    const unknown = generateApiKey();
    const tokens = [unknown, `${app.apiKey}x`, app.apiKey.slice(0, -1), app.apiKey.toLowerCase(), ''];
    const answer = await report(tokens.map((token) => ({ token })));
    expect(answer.body).toEqual(
      tokens.map((token) => ({
        token_hash: hash(token),
        token_type: 'qassandra_api_key',
        label: 'false_positive',
      })),
    );
    expect((await withKey(server, app, 'get')).status).toBe(200);
  });

  test('labels each of several matches, in their order and with their own type', async () => {
    const second = await server.createApp();
    const spared = await server.createApp();
    const matches = [
      { token: 'AKIAIOSFODNN7EXAMPLE', type: 'another_partners_key' },
      { token: app.apiKey },
      { token: generateApiKey() },
      { token: second.apiKey, type: 'qassandra_key' },
      { token: app.apiKey },
    ];
    const { body } = await report(matches);
    expect(body.map(({ token_type, label }: Record<string, string>) => `${token_type} ${label}`)).toEqual([
      'another_partners_key false_positive',
      'qassandra_api_key true_positive',
      'qassandra_api_key false_positive',
      'qassandra_key true_positive',
      'qassandra_api_key true_positive',
    ]);
    const statuses = [app, second, spared].map(async (one) => (await withKey(server, one, 'get')).status);
    expect(await Promise.all(statuses)).toEqual([401, 401, 200]);
  });

  test('logs each place of a key once', async () => {
    const gist = 'https://gist.github.com/octocat/1';
    await report([BLOB, gist, BLOB].map((url) => ({ token: app.apiKey, url })));
    const leaks = await readLeaks(app);
    expect(leaks.map(({ leak }: { leak: { url: string } }) => leak.url).sort()).toEqual([gist, BLOB]);
  });

  test('is answered with an empty list if it has no matches', async () => {
    expect((await report([])).body).toEqual([]);
  });

  test('gets the same answer and changes nothing when repeated, also after a new key was made', async () => {
    const body = toBody([{ token: app.apiKey }]);
    const headers = github.sign(body);
    const first = await post(body, headers);
    const { api_key: next } = (await asAdmin(server, 'post', `/api/apps/${app.id}/api-key`)).body;
    const again = await post(body, headers, other);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect((await withKey(server, { ...app, apiKey: next }, 'get')).status).toBe(200);
    expect(await readLeaks(app)).toHaveLength(1);
  });

  test('removes the key once when it reaches both instances at once, and both label it a true positive', async () => {
    const body = toBody([{ token: app.apiKey }]);
    const headers = github.sign(body);
    const answers = await Promise.all(
      [server, other, server, other].map((instance) => post(body, headers, instance)),
    );
    expect(answers.map((answer) => answer.body[0]?.label)).toEqual(Array(4).fill('true_positive'));
    expect(await readLeaks(app)).toHaveLength(1);
  });

  test.each([
    ['replaced', () => asAdmin(server, 'post', `/api/apps/${app.id}/api-key`)],
    ['removed', () => asAdmin(server, 'delete', `/api/apps/${app.id}/api-key`)],
    ['removed with its app', () => asAdmin(server, 'delete', `/api/apps/${app.id}`)],
  ])('labels a key that was %s before a true positive and removes nothing', async (_case, end) => {
    await end();
    expect((await report([{ token: app.apiKey }])).body[0]?.label).toBe('true_positive');
    const { rows } = await database.query(
      `select count(*)::int as count from audit_events where app_id = $1 and action = 'api_key.leaked'`,
      [app.id],
    );
    expect(rows).toEqual([{ count: 0 }]);
  });

  test.each([
    ['a script', 'javascript:alert(document.domain)'],
    ['a data URL', 'data:text/html,<script>alert(1)</script>'],
    ['a name and a password', 'https://github.com:secret@evil.example/'],
    ['no URL', 'x'],
    ['nothing', ''],
    ['null', null],
    ['a number', 7],
    ['over 2,048 characters', `https://github.com/${'x'.repeat(2_048)}`],
  ])('removes the key, and does not store the place, if the place is %s', async (_case, url) => {
    const answer = await report([{ token: app.apiKey, url, source: '<b>' }]);
    expect(answer.body[0]?.label).toBe('true_positive');
    const [{ leak }] = await readLeaks(app);
    expect(leak).toEqual({ start: app.apiKey.slice(0, 8), url: null, source: null });
  });

  test('stores a place encoded as a URL', async () => {
    await report([{ token: app.apiKey, url: 'https://github.com/a/b/blob/main/"><img src=x>\u0000é' }]);
    const [{ leak }] = await readLeaks(app);
    expect(leak.url).toBe('https://github.com/a/b/blob/main/%22%3E%3Cimg%20src=x%3E%00%C3%A9');
  });

  test('is accepted without a place or with undocumented fields', async () => {
    const body = JSON.stringify([{ token: app.apiKey, type: 't', later: { more: [1] } }]);
    const answer = await post(body, github.sign(body));
    expect(answer.body).toEqual([{ token_hash: hash(app.apiKey), token_type: 't', label: 'true_positive' }]);
  });

  test('gets one answer for several thousand matches', async () => {
    const tokens = Array.from({ length: 5_000 }, generateApiKey);
    const matches = [...tokens, app.apiKey].map((token) => ({ token, type: 'q', url: 'https://a.example/' }));
    const { status, body } = await report(matches);
    expect(status).toBe(200);
    const found = body.filter(({ label }: { label: string }) => label === 'true_positive');
    expect([body.length, found.length]).toEqual([5_001, 1]);
  });
});
