import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { openRaw, type RawConnection } from '../../helpers/network/raw-http.ts';
import { withKey } from '../../helpers/network/requests.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

const HOST = 'Host: localhost\r\n';

/** Sends a byte now and then, until the server closes the connection. */
function dripInto({ socket }: RawConnection, byte: string): void {
  const timer = setInterval(() => socket.write(byte), 20);
  socket.once('close', () => clearInterval(timer));
}

describe('a client that takes too long', () => {
  let server: TestServer;
  let app: TestApp;
  beforeAll(async () => {
    const httpLimits = { headersMs: 200, requestMs: 400, silenceMs: 600, keepAliveMs: 100, checkEveryMs: 20 };
    server = await startTestServer({ httpLimits });
    app = await server.createApp({ url: 'http://127.0.0.1:9/' });
  });
  afterAll(() => server.stop());

  const trigger = (headers: string) =>
    `POST /api/apps/${app.id}/trigger HTTP/1.1\r\n${HOST}Authorization: Bearer ${app.apiKey}\r\n${headers}\r\n`;

  test.each([
    ['says nothing', '', ''],
    ['stops within its headers', `GET /healthz HTTP/1.1\r\n${HOST}X`, ''],
    ['sends its headers a byte at a time', `GET /healthz HTTP/1.1\r\n${HOST}X: `, 'a'],
    ['sends one header after the other', `GET /healthz HTTP/1.1\r\n${HOST}`, 'X: 1\r\n'],
    ['never sends a whole first line, as in HTTP/0.9', 'GET /healthz\r\n', ''],
  ])('gets a 408 and is disconnected when it %s', async (_case, start, byte) => {
    const connection = openRaw(server, start);
    if (byte !== '') {
      dripInto(connection, byte);
    }
    const [answer, ...more] = await connection.answers;
    expect([answer?.status, more]).toEqual([408, []]);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ code: 'malformed_request', status: 408 });
  });

  test.each([
    ['stops within its body', 'Content-Length: 9\r\n', '{', ''],
    ['sends its body a byte at a time', 'Content-Length: 9999\r\n', '{', ' '],
    ['sends one chunk after the other', 'Transfer-Encoding: chunked\r\n', '1\r\n{\r\n', '1\r\n \r\n'],
  ])('gets a 408 and triggers nothing when it %s', async (_case, headers, start, byte) => {
    const connection = openRaw(server, trigger(headers) + start);
    if (byte !== '') {
      dripInto(connection, byte);
    }
    expect((await connection.answers).map(({ status }) => status)).toEqual([408]);
    expect((await server.query('select from checks where app_id = $1', [app.id])).rowCount).toBe(0);
  });

  test('is disconnected when it sends requests and does not read the answers', async () => {
    // Far more than the buffers between client and server hold.
    const connection = openRaw(server, `GET /api/openapi.json HTTP/1.1\r\n${HOST}\r\n`.repeat(500));
    connection.socket.pause();
    // A client that does not read notices the end only by writing. By now the server does not read either.
    dripInto(connection, 'G');
    await connection.answers;
    expect(connection.socket.destroyed).toBe(true);
  });

  test('is disconnected without a message when it sends nothing after an answer', async () => {
    const answers = await openRaw(server, `GET /healthz HTTP/1.1\r\n${HOST}\r\n`).answers;
    expect(answers.map(({ status }) => status)).toEqual([200]);
  });
});

describe('hundreds of slow clients', () => {
  let server: TestServer;
  let app: TestApp;
  let connections: RawConnection[] = [];
  beforeAll(async () => {
    server = await startTestServer();
    app = await server.createApp({ url: 'http://127.0.0.1:9/' });
  });
  afterEach(() => {
    for (const { socket } of connections) {
      socket.destroy();
    }
    connections = [];
  });
  afterAll(() => server.stop());

  test.each([
    ['that say nothing', ''],
    ['that stop within their headers', `GET /api/me HTTP/1.1\r\n${HOST}X: `],
    [
      'that stop within the body of a refused request',
      `POST /api/apps HTTP/1.1\r\n${HOST}Content-Length: 9\r\n\r\n{`,
    ],
  ])('%s do not keep a good caller from triggering', async (_case, bytes) => {
    connections = Array.from({ length: 400 }, () => openRaw(server, bytes));
    await Promise.all(
      connections.map(({ socket }) => (socket.connecting ? once(socket, 'connect') : undefined)),
    );
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => withKey(server, app, 'post', '/trigger').send({})),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect((await request(server.url).get('/readyz')).status).toBe(200);
  });

  test('do not keep others from triggering if they stop within a trigger with a good key', async () => {
    const head = `POST /api/apps/${app.id}/trigger HTTP/1.1\r\n${HOST}Authorization: Bearer ${app.apiKey}\r\n`;
    connections = Array.from({ length: 400 }, () => openRaw(server, `${head}Content-Length: 9\r\n\r\n{`));
    expect((await withKey(server, app, 'post', '/trigger').send({})).status).toBe(202);
  });
});
