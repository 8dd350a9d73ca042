import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ERROR_CODES } from '../../../server/http/errors.ts';
import { openRaw, type RawAnswer, sendRaw } from '../../helpers/network/raw-http.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

let server: TestServer;
let app: TestApp;
beforeAll(async () => {
  // The server trusts a proxy, so that forwarded headers would have an effect.
  server = await startTestServer({ env: { TRUST_PROXY: 'true' } });
  app = await server.createApp({ url: 'http://127.0.0.1:9/' });
});
afterAll(() => server.stop());

const HOST = 'Host: localhost\r\n';
const CLOSE = `${HOST}Connection: close\r\n`;
const CHUNKED = 'Transfer-Encoding: chunked\r\n';

/** A trigger that would be accepted without `headers` and `body`. */
const trigger = (headers: string, body = '', version = '1.1') =>
  `POST /api/apps/${app.id}/trigger HTTP/${version}\r\n${HOST}Authorization: Bearer ${app.apiKey}\r\n${headers}\r\n${body}`;

async function countChecks(): Promise<unknown> {
  return (await server.query('select count(*)::int as count from checks')).rows[0]?.count;
}

/**
 * Expects one problem and a closed connection: on an open one, another client could get an answer that is not
 * its own.
 */
function expectRefusal(answers: readonly RawAnswer[], status = 400): void {
  expect(answers.map((answer) => answer.status)).toEqual([status]);
  const [{ headers = {}, body = '' } = {}] = answers;
  const problem = JSON.parse(body);
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(problem).toMatchObject({ status, request_id: headers['x-request-id'], detail: expect.any(String) });
  expect(ERROR_CODES).toContain(problem.code);
}

/** A second request for a server that reads the first one differently. */
const SMUGGLED = `GET /healthz HTTP/1.1\r\n${CLOSE}\r\n`;

describe('a body whose end is unclear is refused, and nothing is triggered', () => {
  test.each([
    ['Content-Length and Transfer-Encoding', `Content-Length: 4\r\n${CHUNKED}`, `0\r\n\r\n${SMUGGLED}`],
    ['Transfer-Encoding and Content-Length', `${CHUNKED}Content-Length: 4\r\n`, `0\r\n\r\n${SMUGGLED}`],
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 40\r\n', `{}${SMUGGLED}`],
    ['one length twice', 'Content-Length: 2\r\nContent-Length: 2\r\n', '{}'],
    ['a list of lengths', 'Content-Length: 2, 2\r\n', '{}'],
    ['a length with a sign', 'Content-Length: +2\r\n', '{}'],
    ['a length below zero', 'Content-Length: -2\r\n', '{}'],
    ['a length in hexadecimal', 'Content-Length: 0x2\r\n', '{}'],
    ['a length that is too large', `Content-Length: ${'9'.repeat(40)}\r\n`, '{}'],
    ['an unknown coding', 'Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${SMUGGLED}`],
    ['a coding after chunked', 'Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${SMUGGLED}`],
    ['a coding before chunked', 'Transfer-Encoding: gzip, chunked\r\n', '2\r\n{}\r\n0\r\n\r\n'],
    ['the coding identity', 'Transfer-Encoding: identity\r\n', '{}'],
    ['chunked twice', CHUNKED + CHUNKED, '0\r\n\r\n'],
    ['a space before the colon', 'Transfer-Encoding : chunked\r\n', '0\r\n\r\n'],
    ['a control character before the coding', 'Transfer-Encoding: \x0bchunked\r\n', '0\r\n\r\n'],
    ['a folded header', 'Transfer-Encoding:\r\n chunked\r\n', '0\r\n\r\n'],
    ['a chunk size in another notation', CHUNKED, '0x2\r\n{}\r\n0\r\n\r\n'],
    ['a chunk size below zero', CHUNKED, '-2\r\n{}\r\n0\r\n\r\n'],
    ['a chunk size that is too large', CHUNKED, `${'f'.repeat(18)}\r\n{}\r\n0\r\n\r\n`],
    ['chunks that end with a bare line feed', CHUNKED, '2\n{}\n0\n\n'],
    ['a line feed in a chunk extension', CHUNKED, `2;\n{}\r\n0\r\n\r\n${SMUGGLED}`],
    ['a chunk longer than it says', CHUNKED, '2\r\n{}{}\r\n0\r\n\r\n'],
  ])('%s', async (_case, headers, body) => {
    const before = await countChecks();
    expectRefusal(await sendRaw(server, trigger(headers, body)));
    expect(await countChecks()).toBe(before);
  });

  test('refuses chunks in HTTP/1.0, which has none', async () => {
    expectRefusal(await sendRaw(server, trigger(CHUNKED, '0\r\n\r\n', '1.0')));
  });

  test('refuses chunk extensions without end', async () => {
    expectRefusal(await sendRaw(server, trigger(CHUNKED, `2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`)), 413);
  });

  test('accepts a valid body in chunks, with an extension and a trailer that looks like a key', async () => {
    const body = `2;a=b\r\n{}\r\n0\r\nAuthorization: Bearer ${app.apiKey}x\r\n\r\n`;
    const [answer] = await sendRaw(server, trigger(`${CHUNKED}Connection: close\r\n`, body));
    expect(answer?.status).toBe(202);
  });

  test('does not answer a request in the body of another one', async () => {
    const [first, ...more] = await sendRaw(
      server,
      `GET /healthz HTTP/1.1\r\n${CLOSE}Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
    );
    expect([first?.status, more]).toEqual([200, []]);
  });
});

describe('bytes that are not an HTTP/1.1 request are refused', () => {
  const get = (headers: string) => `GET /healthz HTTP/1.1\r\n${headers}\r\n`;
  test.each([
    ['a folded header', get(`${HOST}X: 1\r\n 2\r\n`)],
    ['a folded first header', get(' Host: localhost\r\n')],
    ['bare line feeds', 'GET /healthz HTTP/1.1\nHost: localhost\n\n'],
    ['a bare line feed after a header', get('Host: localhost\nX: y\r\n')],
    ['a bare carriage return in a header', get(`${HOST}X: a\rY: b\r\n`)],
    ['NUL in a header', get(`${HOST}X: a\0b\r\n`)],
    ['NUL in the name of a header', get(`${HOST}X\0: a\r\n`)],
    ['NUL in the path', `GET /heal\0thz HTTP/1.1\r\n${HOST}\r\n`],
    ['a space in the path', `GET /health z HTTP/1.1\r\n${HOST}\r\n`],
    ['a path in raw UTF-8', `GET /api/apps/é HTTP/1.1\r\n${HOST}\r\n`],
    ['a path without a slash', `GET healthz HTTP/1.1\r\n${HOST}\r\n`],
    ['a header without a colon', get(`${HOST}X\r\n`)],
    ['a method in lower case', `get /healthz HTTP/1.1\r\n${HOST}\r\n`],
    ['an unknown method', `FOO /healthz HTTP/1.1\r\n${HOST}\r\n`],
    ['an unknown version', `GET /healthz HTTP/1.2\r\n${HOST}\r\n`],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['the beginning of TLS', Buffer.from('1603010200010001fc0303', 'hex')],
    ['a tunnel', `CONNECT 127.0.0.1:22 HTTP/1.1\r\n${HOST}\r\n`],
    ['no Host', get('')],
    ['two Hosts', get(`${HOST}Host: example.com\r\n`)],
    ['one Host twice', get(HOST + HOST)],
    ['two Hosts in one', get('Host: localhost, example.com\r\n')],
    ['a Host that is a URL', get('Host: http://localhost/\r\n')],
    ['a Host with a user name', get('Host: a@localhost\r\n')],
  ])('%s', async (_case, bytes) => {
    expectRefusal(await sendRaw(server, bytes));
  });

  test.each([
    ['a path that is too long', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`],
    ['too many headers', `GET /healthz HTTP/1.1\r\n${HOST}${'X: 1\r\n'.repeat(3_000)}\r\n`],
  ])('%s', async (_case, bytes) => {
    expectRefusal(await sendRaw(server, bytes), 431);
  });
});

describe('a connection', () => {
  const key = () => `${HOST}Authorization: Bearer ${app.apiKey}\r\n`;

  test('gets no second answer when the body breaks after the first', async () => {
    const { socket, answers } = openRaw(
      server,
      `POST /api/apps/${app.id}/trigger HTTP/1.1\r\n${HOST}${CHUNKED}\r\n`,
    );
    await new Promise((resolve) => socket.once('data', resolve));
    socket.write('nonsense\r\n');
    expect((await answers).map(({ status }) => status)).toEqual([401]);
  });

  test('gets no answer to invalid bytes that could be taken for a pending request’s answer', async () => {
    const { rows } = await server.query(
      `insert into checks (id, app_id, target_url, triggered_by, claimable_at)
       values (gen_random_uuid(), $1, 'http://127.0.0.1:9/', 'api_key', now() + interval '1 hour')
       returning id`,
      [app.id],
    );
    const path = `/api/apps/${app.id}/checks/${rows[0]?.id}?wait=20`;
    const bytes = `GET /healthz HTTP/1.1\r\n${HOST}\r\nGET ${path} HTTP/1.1\r\n${key()}\r\nnonsense\r\n\r\n`;
    expect((await sendRaw(server, bytes)).map(({ status }) => status)).not.toContain(400);
  });

  test('answers one request after the other', async () => {
    const answers = await sendRaw(
      server,
      `\r\nGET /healthz HTTP/1.1\r\n${HOST}\r\nGET /api/nothing HTTP/1.1\r\n${CLOSE}\r\n`,
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 404]);
  });
});

describe('HTTP features that the API does not use have no effect', () => {
  const ask = (line: string, headers = '') => sendRaw(server, `${line}\r\n${CLOSE}${headers}\r\n`);
  const statusOf = async (line: string, headers = '') => (await ask(line, headers))[0]?.status;

  test.each([
    ['GET http://evil.example/healthz HTTP/1.1', '', 200],
    ['GET http://evil.example/api/me HTTP/1.1', '', 401],
    ['GET /healthz HTTP/1.0', '', 200],
    ['TRACE /api/me HTTP/1.1', 'Cookie: secret\r\n', 404],
    ['OPTIONS * HTTP/1.1', '', 404],
    ['GET * HTTP/1.1', '', 404],
    ['GET /api/me HTTP/1.1', 'Upgrade: websocket\r\n', 401],
    ['GET /api/me HTTP/1.1', 'Upgrade: h2c\r\n', 401],
    ['GET /healthz HTTP/1.1', 'Expect: the-unexpected\r\n', 200],
    ['GET /healthz HTTP/1.1', 'X: \xff\r\n', 200],
  ])('%s %j: %i', async (line, headers, status) => {
    expect(await statusOf(line, headers)).toBe(status);
  });

  test('a header that names another method does not change it', async () => {
    const method = ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'];
    const headers = method.map((name) => `${name}: DELETE\r\n`).join('');
    const line = `GET /api/apps/${app.id}?_method=DELETE HTTP/1.1`;
    expect(await statusOf(line, `Cookie: ${server.cookie}\r\n${headers}`)).toBe(200);
    expect(await statusOf(line, `Cookie: ${server.cookie}\r\n`)).toBe(200);
  });

  test('headers that name another path or host do not change where answers lead', async () => {
    const forged = [
      'X-Original-URL: /healthz',
      'X-Rewrite-URL: /healthz',
      'X-Forwarded-Host: evil.example',
      'X-Forwarded-Proto: https',
      'Forwarded: host=evil.example',
    ];
    const headers = `Host: evil.example\r\nConnection: close\r\nAuthorization: Bearer ${app.apiKey}\r\n${forged.join('\r\n')}\r\n`;
    const answers = await sendRaw(
      server,
      `POST http://evil.example/api/apps/${app.id}/trigger HTTP/1.1\r\n${headers}Content-Length: 2\r\n\r\n{}`,
    );
    expect(answers.map(({ status }) => status)).toEqual([202]);
    expect(JSON.stringify(answers)).not.toContain('evil.example');
    const docs = await sendRaw(server, `GET http://evil.example/api/docs HTTP/1.1\r\n${headers}\r\n`);
    expect(docs[0]?.headers.location).toBe('docs/');
  });

  test('answers Expect: 100-continue before a valid body', async () => {
    const bytes = trigger('Connection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n', '{}');
    expect((await sendRaw(server, bytes)).map(({ status }) => status)).toEqual([100, 202]);
  });
});
