import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('POST /api/apps/APP/trigger', () => {
  let server: TestServer;
  let app: TestApp;

  beforeAll(async () => {
    server = await startTestServer();
    app = await server.createApp({ name: 'Shop', url: 'http://127.0.0.1:9/' });
  });
  afterAll(() => server.stop());

  const post = (body?: string | object, to = app) =>
    request(server.url)
      .post(`/api/apps/${to.alias}/trigger`)
      .set('Authorization', `Bearer ${to.apiKey}`)
      .send(body);

  async function countChecks(): Promise<unknown> {
    return (await server.query('select count(*)::int as count from checks')).rows[0]?.count;
  }

  test('answers 202 with the check, its location and its metadata', async () => {
    const answer = await post({ git_commit_id: 'abc123', branch: 'feature/dark-mode' });
    expect(answer.status).toBe(202);
    expect(answer.headers.location).toBe(`/api/apps/${app.id}/checks/${answer.body.check_id}`);
    expect(answer.body).toEqual({
      message: 'Check triggered successfully',
      check_id: expect.stringMatching(UUID),
      app_id: app.id,
      app_name: 'Shop',
      status: 'scheduled',
      metadata: { git_commit_id: 'abc123', branch: 'feature/dark-mode' },
      check_url: `${server.url.replace('127.0.0.1', 'localhost')}/apps/${app.alias}/checks/${answer.body.check_id}`,
    });
  });

  test.each([undefined, '', '{}'])('accepts the body %j as a check with default settings', async (body) => {
    const answer = await post(body);
    expect(answer.status).toBe(202);
    expect(answer.body.metadata).toEqual({});
  });

  test('reads JSON whatever the Content-Type says', async () => {
    const answer = await post('{"branch":"main"}').set('Content-Type', 'application/x-www-form-urlencoded');
    expect([answer.status, answer.body.metadata]).toEqual([202, { branch: 'main' }]);
  });

  test('accepts a pull request’s number, and shortens long messages', async () => {
    const answer = await post({
      pull_request_id: 42,
      git_commit_message: `${'x'.repeat(8191)}🙂`,
      pull_request_name: 'y'.repeat(2000),
    });
    expect(answer.status).toBe(202);
    expect(answer.body.metadata).toEqual({
      pull_request_id: '42',
      git_commit_message: 'x'.repeat(8191),
      pull_request_name: 'y'.repeat(1024),
    });
  });

  test('leaves an unknown field out and warns of it', async () => {
    const answer = await post('{"brnach":"main","__proto__":{"x":1},"branch":"b"}');
    expect(answer.status).toBe(202);
    expect(answer.body.metadata).toEqual({ branch: 'b' });
    expect(answer.body.warnings).toEqual([
      'The field "brnach" is unknown and was ignored.',
      'The field "__proto__" is unknown and was ignored.',
    ]);
  });

  test('accepts an app_url with white space around it, as a browser does', async () => {
    expect((await post({ app_url: ' http://127.0.0.1:9/\n' })).body.metadata).toEqual({
      app_url: 'http://127.0.0.1:9/',
    });
  });

  test('tests app_url instead of the app’s own URL', async () => {
    const answer = await post({ app_url: 'http://127.0.0.1:9/preview' });
    const { rows } = await server.query('select target_url from checks where id = $1', [
      answer.body.check_id,
    ]);
    expect(rows).toEqual([{ target_url: 'http://127.0.0.1:9/preview' }]);
  });

  test.each([
    ['git_commit_id', 'x'.repeat(65)],
    ['git_commit_id', 7],
    ['pull_request_id', 'x'.repeat(65)],
    ['pull_request_id', -1],
    ['pull_request_id', 1.5],
    ['pull_request_name', ['x']],
    ['git_commit_message', null],
    ['git_commit_message', 'a\0b'],
    ['branch', 'x'.repeat(256)],
    ['branch', '\ud800'],
    ['branch', { a: 1 }],
    ['discover_flows', 'true'],
    ['app_url', 'ftp://example.com/'],
    ['app_url', '/preview'],
    ['app_url', 'http://user:password@example.com/'],
    ['app_url', `http://example.com/${'x'.repeat(2048)}`],
  ])('refuses a wrong %s with a 400 that names it', async (field, value) => {
    const before = await countChecks();
    const answer = await post({ [field]: value });
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.errors).toEqual([{ path: field, message: expect.any(String) }]);
    expect(answer.body.detail).toContain(field);
    expect(await countChecks()).toBe(before);
  });

  test.each([
    [{ branch: 7 }, 'branch: must be one string'],
    [{ branch: 'x'.repeat(256) }, 'branch: must have at most 255 characters'],
    [{ pull_request_id: null }, 'pull_request_id: must be text of at most 64 characters, or a whole number'],
    [{ discover_flows: 'yes' }, 'discover_flows: must be one boolean'],
  ])('says what to change in %j', async (body, message) => {
    expect((await post(body)).body.detail).toBe(`Correct the input. ${message}`);
  });

  test('leaves out an unknown field, however deeply nested its value is', async () => {
    const answer = await post(`{"x":${'['.repeat(30_000)}${']'.repeat(30_000)}}`);
    expect([answer.status, answer.body.metadata]).toEqual([202, {}]);
  });

  test.each(['gzip', 'deflate', 'br'])(
    'refuses a body with a 400 if it claims to be %s and is not',
    async (encoding) => {
      const answer = await post('this is not compressed').set('Content-Encoding', encoding);
      expect([answer.status, answer.body.code]).toEqual([400, 'malformed_json']);
    },
  );

  test('refuses a body with a too large Content-Length before it is sent', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const head = [
      `POST /api/apps/${app.alias}/trigger HTTP/1.1`,
      'Host: localhost',
      `Authorization: Bearer ${app.apiKey}`,
      'Content-Length: 999999999',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n{`);
    const [answer] = await once(socket, 'data');
    socket.destroy();
    expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /);
    expect(String(answer)).toContain('payload_too_large');
  });

  test('names all invalid fields at once', async () => {
    const answer = await post({ branch: 1, git_commit_id: 2 });
    expect(answer.body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      'branch',
      'git_commit_id',
    ]);
  });

  test.each(['{', 'branch=main', '"text"', 'null', '7', '[]', '[{}]'])(
    'refuses the body %s with a 400',
    async (body) => {
      const answer = await post(body).set('Content-Type', 'application/json');
      expect(answer.status).toBe(400);
      expect(['malformed_json', 'invalid_request']).toContain(answer.body.code);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    },
  );

  test('refuses a body over 64 KiB with a 413', async () => {
    const answer = await post({ unknown: 'x'.repeat(64 * 1024) });
    expect([answer.status, answer.body.code]).toEqual([413, 'payload_too_large']);
    expect((await post({ unknown: 'x'.repeat(63 * 1024) })).status).toBe(202);
  });

  test('refuses an unknown encoding with a 415', async () => {
    const answer = await post('{}').set('Content-Encoding', 'nonsense');
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
  });

  test('refuses a key of another app before it reports an invalid body', async () => {
    const other = await server.createApp();
    const answer = await request(server.url)
      .post(`/api/apps/${app.id}/trigger`)
      .set('Authorization', `Bearer ${other.apiKey}`)
      .send('{');
    expect(answer.status).toBe(404);
  });

  test('refuses an app without a URL and without app_url', async () => {
    const bare = await server.createApp({ url: null });
    const answer = await post({}, bare);
    expect([answer.status, answer.body.code]).toEqual([400, 'app_url_missing']);
    expect((await post({ app_url: 'http://127.0.0.1:9/' }, bare)).status).toBe(202);
  });

  describe('Idempotency-Key', () => {
    test('answers a repeated trigger with its first check, and makes no other', async () => {
      const first = await post('{"branch":"a","git_commit_id":"b"}').set('Idempotency-Key', 'run-1');
      const before = await countChecks();
      const second = await post('{"git_commit_id":"b","branch":"a"}').set('Idempotency-Key', 'run-1');
      expect([first.status, second.status]).toEqual([202, 202]);
      expect(second.body.check_id).toBe(first.body.check_id);
      expect(second.headers.location).toBe(first.headers.location);
      expect(await countChecks()).toBe(before);
    });

    test('makes one check of many simultaneous triggers', async () => {
      const before = Number(await countChecks());
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => post({ branch: 'a' }).set('Idempotency-Key', 'at-once')),
      );
      expect(new Set(answers.map(({ status, body }) => `${status} ${body.check_id}`)).size).toBe(1);
      expect(await countChecks()).toBe(before + 1);
    });

    test('refuses the same key with another body with a 409', async () => {
      await post({ branch: 'a' }).set('Idempotency-Key', 'run-2');
      const answer = await post({ branch: 'b' }).set('Idempotency-Key', 'run-2');
      expect([answer.status, answer.body.code]).toEqual([409, 'idempotency_key_reused']);
    });

    test('answers a repeated trigger also after the app has lost its URL', async () => {
      const other = await server.createApp({ url: 'http://127.0.0.1:9/' });
      const first = await post({}, other).set('Idempotency-Key', 'run-5');
      await server.query('update apps set url = null where id = $1', [other.id]);
      const second = await post({}, other).set('Idempotency-Key', 'run-5');
      expect([second.status, second.body.check_id]).toEqual([202, first.body.check_id]);
      expect((await post({}, other).set('Idempotency-Key', 'run-6')).body.code).toBe('app_url_missing');
    });

    test('is separate for each app', async () => {
      const other = await server.createApp({ url: 'http://127.0.0.1:9/' });
      const [one, two] = [
        await post({}).set('Idempotency-Key', 'run-3'),
        await post({}, other).set('Idempotency-Key', 'run-3'),
      ];
      expect(one.body.check_id).not.toBe(two.body.check_id);
    });

    test('is remembered for 24 hours', async () => {
      const first = await post({ branch: 'a' }).set('Idempotency-Key', 'run-4');
      await server.query(
        `update idempotency_keys set created_at = created_at - interval '23:59' where key = 'run-4'`,
      );
      const second = await post({ branch: 'a' }).set('Idempotency-Key', 'run-4');
      expect(second.body.check_id).toBe(first.body.check_id);
      await server.query(
        `update idempotency_keys set created_at = created_at - interval '2 minutes' where key = 'run-4'`,
      );
      const third = await post({ branch: 'b' }).set('Idempotency-Key', 'run-4');
      expect(third.status).toBe(202);
      expect(third.body.check_id).not.toBe(first.body.check_id);
    });

    test.each(['', ' ', 'with space', 'x'.repeat(256), 'é'])('refuses %j with a 400', async (key) => {
      const answer = await post({}).set('Idempotency-Key', key);
      expect(answer.status).toBe(400);
      expect(answer.body.errors[0].path).toBe('Idempotency-Key');
    });

    test('accepts 255 visible characters', async () => {
      expect((await post({}).set('Idempotency-Key', '~'.repeat(255))).status).toBe(202);
    });
  });
});
