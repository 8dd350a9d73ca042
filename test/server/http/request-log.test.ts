import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import express from 'express';
import { createRequestLog } from '../../../server/http/before-express/request-log.ts';
import { createErrorAnswer, createErrorHandler } from '../../../server/http/problem.ts';
import { createLogger } from '../../../server/observe/logger.ts';

/** The log lines of the server's own request log and error handler, on routes made for these tests. */
const lines: Record<string, unknown>[] = [];
const logger = createLogger({ logLevel: 'info' }, { write: (line) => lines.push(JSON.parse(line)) });
const app = express();
app.use(createRequestLog(logger));
app.get('/fine/*path', (_req, res) => {
  res.json({});
});
app.get('/broken', () => {
  throw new Error('it broke', { cause: 'this' });
});
app.get('/held', () => {});
app.use(createErrorHandler(createErrorAnswer({ logger, pace: (_code, answer) => answer() })));

let url: string;
let port: number;
let server: ReturnType<typeof app.listen>;
beforeAll(async () => {
  server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  url = `http://127.0.0.1:${port}`;
});
afterAll(() => {
  server.close();
});

/** Returns the lines that `act` causes, once there are `count` of them. */
async function collect(count: number, act: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  lines.length = 0;
  await act();
  while (lines.length < count) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return lines;
}

test('logs the request without its query, and the result', async () => {
  let id: string | null = null;
  const found = await collect(1, async () => {
    id = (await fetch(`${url}/fine/path?token=secret`)).headers.get('X-Request-Id');
  });
  expect(found).toEqual([
    expect.objectContaining({
      level: 30,
      req: { id, method: 'GET', path: '/fine/path' },
      res: { status: 200 },
      responseTime: expect.any(Number),
      msg: 'request completed',
    }),
  ]);
});

test.each(['qsk_abcdefgh', '%71sk_abcdefgh', 'x%71sk_'])('hides a key in a path: %s', async (part) => {
  const [line] = await collect(1, () => fetch(`${url}/fine/${part}/more`));
  expect(line).toMatchObject({ req: { path: '/fine/qsk_…/more' } });
});

test('logs an error with its cause, and the failed request with the same id', async () => {
  const [fault, request] = await collect(2, () => fetch(`${url}/broken`));
  expect(fault).toMatchObject({ level: 50, msg: 'internal_error', err: { message: 'it broke' } });
  expect(request).toMatchObject({ level: 50, msg: 'request failed', req: { id: fault?.request_id } });
});

test('tells a client that left before the answer from one that was answered', async () => {
  const [line] = await collect(1, async () => {
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write('GET /held HTTP/1.1\r\nHost: x\r\n\r\n', () => setTimeout(() => socket.destroy(), 50));
  });
  expect(line).toMatchObject({ msg: 'request aborted', req: { path: '/held' } });
});
