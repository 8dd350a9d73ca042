import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createLinkWalker } from '../../../server/runner/link-walker/link-walker.ts';
import { createNetworkPolicy } from '../../../server/runner/network/network-policy.ts';
import { type RawSite, startHttpSite, startTcpSite } from '../../helpers/network/raw-site.ts';
import { createTarget, summarize, walkSite, walkWholeSite } from '../../helpers/network/walk-site.ts';
import { flowsOf } from '../../helpers/runner/flows-of.ts';

const rejections: unknown[] = [];
const note = (reason: unknown) => void rejections.push(reason);
let site: RawSite;

beforeEach(() => {
  rejections.length = 0;
  process.on('unhandledRejection', note);
});

/** However the walk ended, no connection may be open and no promise may be rejected later. */
afterEach(async () => {
  for (let tries = 0; site.sockets.size > 0 && tries < 100; tries += 1) {
    await sleep(10);
  }
  const left = site.sockets.size;
  await site.stop();
  process.off('unhandledRejection', note);
  expect({ left, rejections }).toEqual({ left: 0, rejections: [] });
});

/** `/` answers with links; every other page but `/quick` never answers. */
function startHangingSite(): Promise<RawSite> {
  return startHttpSite((request, response) => {
    if (request.url === '/quick') {
      response.end('x');
    }
    if (request.url !== '/') {
      return;
    }
    const hrefs = ['/quick', '/a', '/b', '/c', '/d', '/e'];
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(hrefs.map((href) => `<a href="${href}">x</a>`).join(''));
  });
}

const reason = new Error('cancelled by a test');

test('an aborted signal ends the walk within a second, with its reason', async () => {
  site = await startHangingSite();
  const controller = new AbortController();
  const walking = walkSite(site.url, { signal: controller.signal });
  await sleep(300);
  const abortedAt = performance.now();
  controller.abort(reason);

  await expect(walking).rejects.toBe(reason);
  expect(performance.now() - abortedAt).toBeLessThan(1_000);
});

test('an aborted signal ends the walk while the app itself has not answered', async () => {
  site = await startHttpSite(() => undefined);
  const controller = new AbortController();
  const walking = walkSite(site.url, { signal: controller.signal });
  await sleep(100);
  controller.abort(reason);

  await expect(walking).rejects.toBe(reason);
});

test('an aborted signal ends the walk during a TLS handshake', async () => {
  site = await startTcpSite(() => undefined);
  const controller = new AbortController();
  const walking = walkSite(site.url.replace('http', 'https'), { signal: controller.signal });
  await sleep(100);
  expect(site.sockets.size).toBe(1);
  controller.abort(reason);

  await expect(walking).rejects.toBe(reason);
});

test('an aborted signal ends the walk while the assets of a page arrive', async () => {
  site = await startHttpSite((request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    if (request.url === '/') {
      response.end('<img src="/1"><img src="/2">');
    } else {
      response.write('half');
    }
  });
  const controller = new AbortController();
  const walking = walkSite(site.url, { signal: controller.signal });
  await sleep(200);
  controller.abort(reason);

  await expect(walking).rejects.toBe(reason);
});

test('a signal that was aborted before opens no connection', async () => {
  site = await startHangingSite();
  await expect(walkSite(site.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(site.connections()).toBe(0);
});

test('a consumer that stops early leaves no connection open', async () => {
  site = await startHangingSite();
  const walker = createLinkWalker({ policy: createNetworkPolicy({ privateTargets: 'allow' }) });
  const signal = new AbortController().signal;
  const names: string[] = [];
  for await (const { name } of flowsOf(walker.run(createTarget(site.url), { signal }))) {
    names.push(name);
    if (names.length === 2) {
      break;
    }
  }
  expect(names).toEqual(['GET /', 'GET /quick']);
});

test('skips pages under way when the time is over, and counts the others', async () => {
  site = await startHangingSite();
  const { flows, warnings, incomplete } = await walkWholeSite(site.url, {
    limits: { totalMs: 500, pagesAtOnce: 4 },
  });

  expect(summarize(flows)).toEqual([
    'GET /: passed',
    'GET /quick: passed',
    ...['/a', '/b', '/c', '/d'].map(
      (path) => `GET ${path}: skipped, not finished: the check's 0.5 s were over`,
    ),
  ]);
  expect(warnings).toEqual([]);
  expect(incomplete).toEqual({
    reason: 'time_limit',
    left: 5,
    message:
      "The check stopped at 0.5 s, the default limit: 5 pages that it knows of were not checked. Exclude pages that need no check, or set your own limit (time_limit_seconds) in the app's check settings. A check that reaches your own limit is complete.",
  });
});

test('a time limit of the settings is a warning', async () => {
  site = await startHangingSite();
  const { warnings, incomplete } = await walkWholeSite(site.url, { time_limit_seconds: 0.5 });
  expect(incomplete).toBeNull();
  expect(warnings).toEqual([
    "The check was limited to 0.5 s by the app's settings: 5 pages that it knows of were not checked.",
  ]);
});

test('failures from before the time limit count, also when assets are still arriving', async () => {
  site = await startHttpSite((request, response) => {
    const bodies: Record<string, string> = {
      '/': '<a href="/known">x</a><a href="/unknown">x</a>',
      '/known': '<img src="/missing.png"><img src="/slow.png">',
      '/unknown': '<img src="/slow.png">',
    };
    const body = bodies[request.url ?? ''];
    if (body !== undefined) {
      response.writeHead(200, { 'content-type': 'text/html' }).end(body);
    } else if (request.url === '/missing.png') {
      response.writeHead(404).end();
    }
  });
  const flows = await walkSite(site.url, { limits: { totalMs: 500 } });

  expect(summarize(flows).toSorted()).toEqual([
    'GET /: passed',
    'GET /known: failed, image /missing.png responded 404 Not Found',
    "GET /unknown: skipped, 1 of its images, scripts and styles were not checked: the check's 0.5 s were over",
  ]);
});

test('a finished walk leaves no connection open', async () => {
  site = await startHttpSite((_request, response) => response.end('x'));
  expect(await walkSite(site.url)).toHaveLength(1);
});
