import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FlowResult } from '../../../server/features/checks/schema.ts';
import { type RawSite, startHttpSite } from '../../helpers/network/raw-site.ts';
import { walkSite } from '../../helpers/network/walk-site.ts';

/** One page for each way to fail, all linked from `/` and walked once. */
let site: RawSite;
let flows: Map<string, FlowResult>;

const HTML = { 'content-type': 'text/html' };
const asked: string[] = [];

const redirect = (status: number, location?: string) => ({
  status,
  headers: location === undefined ? {} : { location },
});

const ANSWERS: Record<string, { status: number; headers?: Record<string, string>; body?: string }> = {
  '/404': { status: 404, body: 'Not here' },
  '/500': { status: 500, body: 'Oops' },
  '/503-without-words': { status: 503 },
  '/599': { status: 599, body: 'x' },
  '/304': { status: 304 },
  '/204': { status: 204 },
  '/205': { status: 205 },
  '/empty': { status: 200, headers: HTML },
  '/empty-gzip': { status: 200, headers: { ...HTML, 'content-encoding': 'gzip' }, body: 'EMPTY' },
  '/moved-to-404': redirect(301, '/404'),
  '/loop': redirect(302, '/loop-back'),
  '/loop-back': redirect(302, '/loop'),
  '/loop-to-itself': redirect(307, '/loop-to-itself#again'),
  '/nowhere': redirect(302),
  '/unparsable': redirect(302, 'http://[oops'),
  '/too-far': redirect(302, `/${'x'.repeat(8_000)}`),
  '/compressed-thrice': { status: 200, headers: { 'content-encoding': 'gzip, gzip, gzip' }, body: 'x' },
  '/not-gzip': { status: 200, headers: { ...HTML, 'content-encoding': 'gzip' }, body: 'plain text' },
};
const ODD: Record<string, RequestListener> = {
  '/slow': () => undefined,
  '/cut': (request) => request.socket.destroy(),
  '/cut-body': (request, response) => {
    response.writeHead(200, { ...HTML, 'content-length': '1000' }).write('Half of ');
    setTimeout(() => request.socket.destroy(), 20);
  },
  '/cut-chunks': (request, response) => {
    response.writeHead(200, HTML).write('Half of ');
    setTimeout(() => request.socket.destroy(), 20);
  },
  '/bad-chunk': (request) => {
    request.socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnot a size\r\n');
  },
  '/cut-gzip': (_request, response) => {
    const half = gzipSync('Hello'.repeat(99)).subarray(0, 20);
    response.writeHead(200, { ...HTML, 'content-encoding': 'gzip' }).end(half);
  },
  '/drip': (_request, response) => {
    response.writeHead(200, HTML);
    const timer = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(timer));
  },
  '/far/0': redirectFurther,
  '/huge-headers': (_request, response) => {
    response.writeHead(200, { 'x-huge': 'x'.repeat(300_000) }).end('x');
  },
  '/length-twice': answerRaw('content-length: 2\r\ncontent-length: 3', 'ab'),
  '/length-beside-chunks': answerRaw(
    'transfer-encoding: chunked\r\ncontent-length: 3',
    '1\r\na\r\n0\r\n\r\n',
  ),
  '/chunks-beside-length': answerRaw(
    'content-length: 3\r\ntransfer-encoding: chunked',
    '1\r\na\r\n0\r\n\r\n',
  ),
  '/length-in-words': answerRaw('content-length: two', 'ab'),
  '/two-places': answerRaw('location: /a\r\nlocation: /b', '', '302 Found'),
};

function answerRaw(headers: string, body: string, status = '200 OK'): RequestListener {
  return ({ socket }) => socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n${body}`);
}

function redirectFurther({ url = '' }: IncomingMessage, response: ServerResponse): void {
  response.writeHead(302, { location: `/far/${Number(url.slice(5)) + 1}` }).end();
}

function showHome(response: ServerResponse): void {
  const hrefs = [...Object.keys(ANSWERS), ...Object.keys(ODD)];
  response.writeHead(200, HTML).end(hrefs.map((href) => `<a href="${href}">x</a>`).join(''));
}

beforeAll(async () => {
  site = await startHttpSite((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = ANSWERS[path];
    const body = answer?.body === 'EMPTY' ? gzipSync('') : answer?.body;
    if (path === '/') {
      showHome(response);
    } else if (answer === undefined) {
      (ODD[path] ?? redirectFurther)(request, response);
    } else {
      response.writeHead(answer.status, answer.headers).end(body);
    }
  });
  const walked = await walkSite(site.url, { limits: { pageMs: 500 } });
  flows = new Map(walked.map((flow) => [flow.name, flow]));
});

afterAll(() => site.stop());

const LENGTH_REASON =
  'answered with a Content-Length that is given twice, comes with Transfer-Encoding, or is not a number';

test.each([
  ['/404', 'responded 404 Not Found'],
  ['/500', 'responded 500 Internal Server Error'],
  ['/503-without-words', 'responded 503 Service Unavailable'],
  ['/599', 'responded 599'],
  ['/304', 'responded 304 Not Modified'],
  ['/204', 'responded 204 No Content with an empty body'],
  ['/205', 'responded 205 Reset Content with an empty body'],
  ['/empty', 'responded 200 OK with an empty body'],
  ['/empty-gzip', 'responded 200 OK with an empty body'],
  ['/moved-to-404', 'redirects to /404, which responded 404 Not Found'],
  ['/loop', 'redirects in a loop, back to /loop'],
  ['/loop-to-itself', 'redirects in a loop, back to /loop-to-itself'],
  ['/far/0', 'redirects more than 10 times'],
  ['/nowhere', 'responded 302 Found without a Location'],
  ['/unparsable', 'responded 302 Found with a Location that is not a URL'],
  ['/too-far', 'responded 302 Found with a Location that has more than 8,000 characters'],
  ['/slow', 'did not answer within 0.5 s'],
  ['/drip', 'did not answer within 0.5 s'],
  ['/cut-body', 'closed the connection in the middle of its answer'],
  ['/cut-chunks', 'closed the connection in the middle of its answer'],
  ['/bad-chunk', 'sent a body that is not valid HTTP'],
  ['/cut-gzip', 'sent a compressed body that is cut short (Z_BUF_ERROR)'],
  ['/not-gzip', 'sent a body that cannot be decompressed (Z_DATA_ERROR)'],
  ['/compressed-thrice', 'sent a body that cannot be read (too many encodings)'],
  ['/length-twice', LENGTH_REASON],
  ['/length-beside-chunks', LENGTH_REASON],
  ['/chunks-beside-length', LENGTH_REASON],
  ['/length-in-words', LENGTH_REASON],
  ['/two-places', 'responded 302 Found with more than one Location'],
  ['/huge-headers', 'answered with headers of more than 256 KiB'],
])('fails %s: it %s', (path, reason) => {
  expect(flows.get(`GET ${path}`)).toMatchObject({ status: 'failed', error: `${reason}; linked from /` });
});

test('tries again once after a cut connection, then names host and port', () => {
  expect(flows.get('GET /cut')?.error).toBe(
    `closed the connection without an answer (127.0.0.1:${site.port}); linked from /`,
  );
  expect(asked.filter((path) => path === '/cut')).toHaveLength(2);
});

test('stops after 10 redirects', () => {
  expect(asked.filter((path) => path.startsWith('/far/'))).toHaveLength(11);
});

test.each([
  ['/404', 'responded 404 Not Found'],
  ['/500', 'responded 500 Internal Server Error'],
  ['/empty', 'responded 200 OK with an empty body'],
  ['/loop', 'redirects in a loop, back to /loop'],
  ['/drip', 'did not answer within 0.5 s'],
])('fails %s as the URL of the app with one flow, without naming a link', async (path, reason) => {
  const own = await walkSite(site.url + path, { limits: { pageMs: 500 } });
  expect(own).toMatchObject([{ name: `GET ${path}`, status: 'failed', error: reason }]);
});

test('fails an app that redirects to a URL that is not http', async () => {
  const odd = await startHttpSite((_request, response) => {
    response.writeHead(302, { location: 'myapp://open' }).end();
  });
  expect(await walkSite(odd.url)).toMatchObject([
    { status: 'failed', error: 'redirects to myapp:, which is outside the app' },
  ]);
  await odd.stop();
});
