import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createConnectionTurns } from '../../../server/http/before-express/connection-turns.ts';
import { runBeforeExpress } from '../../../server/http/before-express/run-before-express.ts';
import { createErrorAnswer } from '../../../server/http/problem.ts';
import { openRaw, type RawConnection, sendRaw } from '../../helpers/network/raw-http.ts';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

const HOST = 'Host: localhost\r\n';
const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\n${HOST}${headers}\r\n`;

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('requests that are sent before the answers are read', () => {
  let server: TestServer;
  let app: TestApp;
  let connections: RawConnection[] = [];
  beforeAll(async () => {
    server = await startTestServer({ httpLimits: { headersMs: 300, requestMs: 400, checkEveryMs: 20 } });
    app = await server.createApp({ url: 'http://127.0.0.1:9/' });
  });
  afterEach(() => {
    for (const { socket } of connections) {
      socket.destroy();
    }
    connections = [];
  });
  afterAll(() => server.stop());

  const withBearer = () => `Authorization: Bearer ${app.apiKey}\r\n`;

  /** A check that does not end, so that a wait for it is held. */
  async function createHeldPath(): Promise<string> {
    const { rows } = await server.query(
      `insert into checks (id, app_id, target_url, triggered_by, claimable_at)
       values (gen_random_uuid(), $1, 'http://127.0.0.1:9/', 'api_key', now() + interval '1 hour')
       returning id`,
      [app.id],
    );
    return `/api/apps/${app.id}/checks/${rows[0]?.id}?wait=60`;
  }

  async function readStatements(): Promise<number> {
    const { rows } = await server.query(
      `select count(*)::int as count from pg_stat_activity
       where datname = current_database() and application_name = 'qassandra'`,
    );
    return Number(rows[0]?.count);
  }

  test('are answered in order, each with its own answer', async () => {
    const paths = Array.from(
      { length: 90 },
      (_, index) => `/api/nothing-${index % 2 === 0 ? 'here' : 'there'}`,
    );
    const bytes = paths.map((path, index) => get(path, index === 89 ? 'Connection: close\r\n' : ''));
    const answers = await sendRaw(server, bytes.join(''));
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 404));
    expect(new Set(answers.map(({ headers }) => headers['x-request-id'])).size).toBe(90);
  });

  test('are answered also when more are sent in total than may wait', async () => {
    const connection = openRaw(server);
    connections.push(connection);
    for (let round = 0; round < 5; round += 1) {
      connection.socket.write(get('/healthz').repeat(80));
      let seen = 0;
      while (seen < 80) {
        const [chunk] = await once(connection.socket, 'data');
        seen += String(chunk).split('HTTP/1.1 200').length - 1;
      }
    }
    connection.socket.write(get('/healthz', 'Connection: close\r\n'));
    expect((await connection.answers).map(({ status }) => status)).toEqual(Array(401).fill(200));
  });

  test('are read in turn if they have bodies, also when the bodies come late', async () => {
    const body = JSON.stringify({ branch: 'b'.repeat(200) });
    const head = `POST /api/apps/${app.id}/trigger HTTP/1.1\r\n${HOST}${withBearer()}Content-Length: ${body.length}\r\n`;
    const first = `${head}\r\n${body}`.repeat(40);
    const connection = openRaw(server, `${first}${head}Connection: close\r\n\r\n`);
    await pause(100);
    connection.socket.write(body);
    expect((await connection.answers).map(({ status }) => status)).toEqual(Array(41).fill(202));
  });

  test('get one refusal that says what to do when too many wait, and the connection is closed', async () => {
    const answers = await sendRaw(server, get(`/api/apps/${app.id}`, withBearer()).repeat(400));
    expect(answers.map(({ status }) => status)).toEqual([200, 429]);
    const [, { headers = {}, body = '' } = {}] = answers;
    expect(headers).toMatchObject({ connection: 'close', 'retry-after': '1' });
    expect(JSON.parse(body)).toMatchObject({
      code: 'too_many_requests',
      detail: expect.stringContaining('send the unanswered requests again on a new connection'),
      request_id: headers['x-request-id'],
    });
  });

  test('do not keep the database from others: other callers are answered', async () => {
    connections = Array.from({ length: 20 }, () => {
      const connection = openRaw(server, get(`/api/apps/${app.id}/checks`, withBearer()).repeat(400));
      connection.socket.pause();
      return connection;
    });
    await Promise.all(connections.map(({ socket }) => once(socket, 'connect')));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 2 === 0
          ? withKey(server, app, 'post', '/trigger').send({})
          : asAdmin(server, 'get', '/api/apps'),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 202]));
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    expect(await readStatements()).toBeLessThanOrEqual(10);
  });

  test('are not started after a request that closes the connection', async () => {
    const trigger = `POST /api/apps/${app.id}/trigger HTTP/1.1\r\n${HOST}${withBearer()}Content-Length: 2\r\n\r\n{}`;
    const count = async () =>
      (await server.query('select count(*)::int as count from checks')).rows[0]?.count;
    const before = await count();
    // A body over the limit is refused, and the rest of the connection is not read as requests.
    const refused = `POST /api/apps/${app.id}/trigger HTTP/1.1\r\n${HOST}${withBearer()}Transfer-Encoding: chunked\r\n\r\n`;
    const chunk = `${(65_537).toString(16)}\r\n${' '.repeat(65_537)}\r\n0\r\n\r\n`;
    const answers = await sendRaw(server, refused + chunk + trigger);
    expect(answers.map(({ status }) => status)).toEqual([413]);
    expect(await count()).toBe(before);
  });

  test('are not started behind a held request, and end with their connection', async () => {
    const held = await createHeldPath();
    const trigger = `POST /api/apps/${app.id}/trigger HTTP/1.1\r\n${HOST}${withBearer()}Content-Length: 2\r\n\r\n{}`;
    const count = async () =>
      (await server.query('select count(*)::int as count from checks')).rows[0]?.count;
    const before = await count();
    const connection = openRaw(server, get(held, withBearer()) + trigger.repeat(5));
    await pause(300);
    connection.socket.destroy();
    await pause(300);
    expect(await count()).toBe(before);
  });

  test('are not answered in place of a held request when they do not end in time', async () => {
    const held = await createHeldPath();
    const unfinished = `POST /api/apps/${app.id}/trigger HTTP/1.1\r\n${HOST}${withBearer()}Content-Length: 9\r\n\r\n{`;
    expect(await sendRaw(server, get(held, withBearer()) + unfinished)).toEqual([]);
  });
});

describe('the turns of a connection', () => {
  test('continue when a handler fails: its request is answered 500', async () => {
    const answerError = createErrorAnswer({
      logger: pino({ level: 'silent' }),
      pace: (_code, answer) => answer(),
    });
    const { takeTurn } = createConnectionTurns(answerError);
    const listener = runBeforeExpress((_req, res) => res.end('reached'), {
      handlers: [
        takeTurn,
        (req, _res, next) => {
          if (req.url === '/broken') {
            throw new Error('it broke');
          }
          next();
        },
      ],
      answerError,
    });
    const http = createServer(listener).listen(0, '127.0.0.1');
    await once(http, 'listening');
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const answers = await sendRaw(
      { url },
      get('/') + get('/broken') + get('/broken') + get('/', 'Connection: close\r\n'),
    );
    http.close();
    expect(answers.map(({ status }) => status)).toEqual([200, 500, 500, 200]);
  });
});
