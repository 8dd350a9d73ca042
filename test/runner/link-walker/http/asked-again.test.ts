import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { withDeadline } from '../../../../server/runner/deadline.ts';
import { HostGate } from '../../../../server/runner/link-walker/http/client/host-gate.ts';
import { retryAfterMs } from '../../../../server/runner/link-walker/http/client/patience.ts';
import { fetchPage, type PageAnswer } from '../../../../server/runner/link-walker/http/fetch-page.ts';
import {
  describeSentAgain,
  type HttpClient,
} from '../../../../server/runner/link-walker/http/http-client.ts';
import { readLimits } from '../../../../server/runner/link-walker/walk/read-limits.ts';
import { type RawSite, startHttpSite } from '../../../helpers/network/raw-site.ts';
import { checkAssets, openClient } from '../../../helpers/runner/walker-parts.ts';

let site: RawSite;
let client: HttpClient;

afterEach(async () => {
  await client.close();
  await site.stop();
});

/** Starts a site that answers each path with the next of its answers, and then with a page. */
async function start(answer: (response: ServerResponse, path: string, times: number) => boolean) {
  const times = new Map<string, number>();
  site = await startHttpSite((request, response) => {
    const path = request.url ?? '';
    times.set(path, (times.get(path) ?? 0) + 1);
    if (!answer(response, path, times.get(path) ?? 0)) {
      response.writeHead(200, { 'content-type': 'text/html' }).end('x');
    }
  });
  client = openClient();
  return times;
}

function refuse(response: ServerResponse, status: number, retryAfter?: string): true {
  response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end('busy');
  return true;
}

function open(path: string, pageMs = 30_000): Promise<PageAnswer> {
  const limits = readLimits({ limits: { pageMs } });
  return withDeadline({ ms: pageMs, signal: new AbortController().signal }, (signal) =>
    fetchPage(new URL(path, site.url), { client, signal, limits, origin: null }),
  );
}

test.each([429, 502, 503, 504])(
  'opens a page that was answered %i at first, and counts that',
  async (status) => {
    const times = await start((response, _path, count) => count <= 2 && refuse(response, status));
    expect(await open('/')).toMatchObject({ kind: 'page' });
    expect(times.get('/')).toBe(3);
    expect([...client.sentAgain]).toEqual([[status, 1]]);
  },
);

test('tells how many requests were sent again', () => {
  const sentAgain = new Map([
    [429, 1_200],
    [503, 1],
  ]);
  expect(describeSentAgain(sentAgain)).toEqual([
    '1,200 requests were answered 429 Too Many Requests and were sent again.',
    '1 request was answered 503 Service Unavailable and was sent again.',
  ]);
});

test('does not ask again after an answer that will not change', async () => {
  const times = await start((response) => refuse(response, 500, '0'));
  expect(await open('/')).toEqual({ kind: 'failed', reason: 'responded 500 Internal Server Error' });
  expect(times.get('/')).toBe(1);
  expect([...client.sentAgain]).toEqual([]);
});

test.each([
  [503, { kind: 'failed', reason: 'responded 503 Service Unavailable' }, 4],
  [429, { kind: 'rate-limited', reason: 'responded 429 Too Many Requests' }, 8],
])('gives up after several requests that are all answered %i', async (status, answer, tries) => {
  const times = await start((response) => refuse(response, status, '0'));
  expect(await open('/')).toEqual(answer);
  expect(times.get('/')).toBe(tries);
});

test('waits as long as Retry-After says, in seconds', async () => {
  await start((response, _path, count) => count === 1 && refuse(response, 503, '2'));
  const startedAt = performance.now();
  expect(await open('/')).toMatchObject({ kind: 'page' });
  expect(performance.now() - startedAt).toBeGreaterThan(1_900);
});

test.each([429, 503])('does not wait beyond the time of the page (%i)', async (status) => {
  const times = await start((response) => refuse(response, status, '3600'));
  expect((await open('/', 20_000)).kind).toBe(status === 429 ? 'rate-limited' : 'failed');
  expect(times.get('/')).toBe(1);
});

test('does not ask a broken host again for each page', async () => {
  const times = await start((response) => refuse(response, 503, '0'));
  for (let page = 0; page < 7; page += 1) {
    await open(`/${page}`);
  }
  expect([...times.values()]).toEqual([4, 4, 4, 4, 4, 1, 1]);
});

test('sends no other request to a host that asked for a pause', async () => {
  let refusedAt = 0;
  const early: string[] = [];
  await start((response, path) => {
    if (refusedAt === 0) {
      refusedAt = performance.now();
      return refuse(response, 429, '1');
    }
    if (performance.now() - refusedAt < 990) {
      early.push(path);
    }
    return false;
  });
  const first = open('/first');
  while (refusedAt === 0 || client.sentAgain.size === 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const answers = await Promise.all([first, open('/a'), open('/b')]);
  expect(answers.map(({ kind }) => kind)).toEqual(['page', 'page', 'page']);
  expect(early).toEqual([]);
});

test('reports too many requests for a page that waited to the end of its time', async () => {
  await start((response) => refuse(response, 429, '1'));
  const answers = await Promise.all([open('/a', 1_500), open('/b', 1_500), open('/c', 1_500)]);
  expect(answers.map(({ kind }) => kind)).toEqual(['rate-limited', 'rate-limited', 'rate-limited']);
});

test('counts an asset as not checked if it is answered 429 to the end', async () => {
  await start((response) => refuse(response, 429, '3600'));
  expect(await checkAssets(site.url, [{ kind: 'image', href: '/a.png' }])).toMatchObject({
    failures: [],
    unseen: 1,
    rateLimited: 1,
  });
});

test('keeps to the limit of requests at once to a host', async () => {
  let atOnce = 0;
  let most = 0;
  site = await startHttpSite((_request, response) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    response.writeHead(200, { 'content-type': 'text/html' }).write('x');
    setTimeout(() => {
      atOnce -= 1;
      response.end();
    }, 20);
  });
  client = openClient({ requestsAtOnce: 3 });
  await Promise.all(Array.from({ length: 12 }, (_, page) => open(`/${page}`)));
  expect(most).toBe(3);
});

test('halves the requests at once after a 429, and raises them after good answers', async () => {
  await start(() => false);
  const gate = new HostGate(8);
  const never = new AbortController().signal;
  const enterAll = async () => {
    const inside: (() => void)[] = [];
    const stop = new AbortController();
    const entering = Array.from({ length: 10 }, () =>
      gate.enter(stop.signal).then(
        (leave) => inside.push(leave),
        () => undefined,
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort(new Error('enough'));
    await Promise.all(entering);
    for (const leave of inside) {
      leave();
    }
    return inside.length;
  };
  const slowDown = (begunAt: number) => gate.slowDown({ begunAt, pauseMs: 0 });
  expect(await enterAll()).toBe(8);
  const begunAt = performance.now();
  slowDown(begunAt);
  // These were on their way already.
  slowDown(begunAt - 1);
  expect([await enterAll(), gate.isLimiting]).toEqual([4, true]);
  for (let answers = 0; answers < 4; answers += 1) {
    gate.speedUp();
  }
  expect([await enterAll(), gate.isLimiting]).toEqual([4, false]);
  gate.speedUp();
  expect(await enterAll()).toBe(5);
  for (let cuts = 0; cuts < 5; cuts += 1) {
    slowDown(performance.now());
  }
  expect(await enterAll()).toBe(1);
  (await gate.enter(never))();
});

test.each([
  ['120', 120_000],
  [' 0 ', 0],
  [new Date(Date.now() - 60_000).toUTCString(), 0],
  ['soon', null],
  [undefined, null],
  [['5', '7'], 5_000],
])('reads Retry-After: %s', async (header, expected) => {
  await start(() => false);
  expect(retryAfterMs(header)).toBe(expected);
});

test('reads Retry-After as a date', async () => {
  await start(() => false);
  const ms = retryAfterMs(new Date(Date.now() + 3_600_000).toUTCString()) ?? 0;
  expect(Math.round(ms / 60_000)).toBe(60);
});
