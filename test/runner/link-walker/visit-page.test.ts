import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DeadlineError } from '../../../server/runner/deadline.ts';
import { createAssetChecker } from '../../../server/runner/link-walker/asset-checker.ts';
import { createHttpClient, type HttpClient } from '../../../server/runner/link-walker/http/http-client.ts';
import { type VisitOptions, visitPage } from '../../../server/runner/link-walker/visit-page.ts';
import { readLimits } from '../../../server/runner/link-walker/walk/read-limits.ts';
import { createNetworkPolicy } from '../../../server/runner/network/network-policy.ts';
import { type Site, startSite } from '../../helpers/network/site.ts';

const list = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join('');

const limits = readLimits({ limits: { pages: 20 } });
let site: Site;
let client: HttpClient;
let walk: AbortController;

beforeEach(async () => {
  site = await startSite({
    '/many': list(6_000, (index) => `<a href="/${index % 10}?q=${index}">x</a>`),
    '/permuted': `${list(200, (index) => `<a href="/p?${index % 2 === 0 ? 'a=1&b=2' : 'b=2&a=1'}&utm_id=${index}">x</a>`)}<a href="/last">x</a>`,
    '/slow-to-read': `<base href="/${'d/'.repeat(3_900)}">${list(5_000, (index) => `<a href="../${index}">x</a>`)}`,
  });
  walk = new AbortController();
  const policy = createNetworkPolicy({ privateTargets: 'allow' });
  client = createHttpClient({ policy, timeoutMs: limits.pageMs, signal: walk.signal });
});

afterEach(async () => {
  await client.close();
  await site.stop();
});

function visit(path: string, options: Partial<VisitOptions> = {}) {
  const page = { url: new URL(site.url + path), linkedFrom: new URL(site.url) };
  const { signal } = walk;
  const assetChecker = createAssetChecker({ client, limits, signal });
  return visitPage(page, {
    client,
    assetChecker,
    limits,
    origin: site.url,
    decided: new Set(),
    settings: {},
    signal,
    ...options,
  });
}

test('keeps each link of a page once, and counts what was left out', async () => {
  const { links, leftOut, answer } = await visit('/many');
  expect({ links: links.own.length, leftOut, kind: answer.kind }).toEqual({
    links: 5_000,
    leftOut: 1_000,
    kind: 'page',
  });
});

test('keeps one link to each page, and none to a page whose result is known', async () => {
  const decided = new Set([`${site.url}/p?a=1&b=2`]);
  expect((await visit('/permuted')).links.own.map(({ key }) => key)).toEqual([
    `${site.url}/p?a=1&b=2`,
    `${site.url}/last`,
  ]);
  expect((await visit('/permuted', { decided })).links.own.map(({ href }) => href)).toEqual([
    `${site.url}/last`,
  ]);
});

test.each([
  ['the time of the walk', new DeadlineError()],
  ['the walk', new Error('cancelled by a test')],
])('stops reading a page when %s ends', async (_what, reason) => {
  // The page has arrived by then, and is read for longer than the one turn until the abort.
  const endsThen: HttpClient = {
    ...client,
    async get(url, options) {
      const response = await client.get(url, options);
      response.body.once('end', () => walk.abort(reason));
      return response;
    },
  };
  const { links, leftOut, walkEnded, answer } = await visit('/slow-to-read', { client: endsThen });
  expect({ links: links.own, leftOut, walkEnded, kind: answer.kind }).toEqual({
    links: [],
    leftOut: 0,
    walkEnded: true,
    kind: 'failed',
  });
});

test('fails a page that cannot be read in its time', async () => {
  const startedAt = performance.now();
  const isLate: HttpClient = {
    ...client,
    async get(url, options) {
      const response = await client.get(url, options);
      response.body.once('end', () => {
        while (performance.now() - startedAt < 2_100) {
          // Another page holds the event loop until the time of this one is over.
        }
      });
      return response;
    },
  };
  const { answer, links } = await visit('/slow-to-read', {
    client: isLate,
    limits: { ...limits, pageMs: 2_000 },
  });
  expect({ links: links.own, answer }).toEqual({
    links: [],
    answer: { kind: 'failed', reason: 'could not be read within 2 s' },
  });
});
