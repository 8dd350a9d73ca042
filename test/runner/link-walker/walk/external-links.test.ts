import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type RawSite, startHttpSite } from '../../../helpers/network/raw-site.ts';
import { type Site, type SitePage, startSite } from '../../../helpers/network/site.ts';
import { summarize, walkWholeSite } from '../../../helpers/network/walk-site.ts';

const page = (...hrefs: string[]) => hrefs.map((href) => `<a href="${href}">x</a>`).join('');
const stops: (() => Promise<void>)[] = [];
/** The other site. `answers` has the status of each path, by method. */
let other: RawSite;
let answers: Record<string, number | Partial<Record<string, number>>>;
let requests: string[];
let atOnce: { now: number; most: number };

beforeEach(async () => {
  answers = {};
  requests = [];
  atOnce = { now: 0, most: 0 };
  other = await startHttpSite((request, response) => {
    const { method = '', url = '' } = request;
    requests.push(`${method} ${url}`);
    atOnce.now += 1;
    atOnce.most = Math.max(atOnce.most, atOnce.now);
    response.once('close', () => {
      atOnce.now -= 1;
    });
    const answer = answers[url] ?? 200;
    response.writeHead(typeof answer === 'number' ? answer : (answer[method] ?? 200)).end('x');
  });
  stops.push(() => other.stop());
});
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function start(pages: Record<string, SitePage>): Promise<Site> {
  const site = await startSite(pages);
  stops.push(() => site.stop());
  return site;
}

test('does not try links to other sites by default', async () => {
  const site = await start({ '/': page(`${other.url}/missing`) });
  answers['/missing'] = 404;
  expect(summarize((await walkWholeSite(site.url)).flows)).toEqual(['GET /: passed']);
  expect(requests).toEqual([]);
});

test('fails each page that links to a missing one, and tries each URL once', async () => {
  const gone = `${other.url}/gone?token=secret#part`;
  const site = await start({
    '/': page(`${other.url}/good`, '/a', '/b'),
    '/a': page(gone, `${other.url}/good`),
    '/b': page(`${other.url}/good`, gone),
  });
  answers['/gone?token=secret'] = 410;
  const { flows, warnings } = await walkWholeSite(site.url, { external_links: true });

  const cause = `link ${other.url}/gone responded 410 Gone`;
  expect(summarize(flows).toSorted()).toEqual([
    'GET /: passed',
    `GET /a: failed, ${cause}`,
    `GET /b: failed, ${cause}`,
  ]);
  expect(flows.flatMap((flow) => flow.cause ?? [])).toEqual([cause, cause]);
  expect(requests.toSorted()).toEqual(['GET /gone?token=secret', 'HEAD /gone?token=secret', 'HEAD /good']);
  expect(warnings).toEqual([]);
});

test.each([403, 404, 405, 500, 501])('asks again with GET if HEAD is answered %d', async (status) => {
  const site = await start({ '/': page(`${other.url}/a`) });
  answers['/a'] = { HEAD: status, GET: 200 };
  const { flows, warnings } = await walkWholeSite(site.url, { external_links: true });
  expect({ flows: summarize(flows), warnings, requests }).toEqual({
    flows: ['GET /: passed'],
    warnings: [],
    requests: ['HEAD /a', 'GET /a'],
  });
});

test('warns once of sites that answer a check differently than a visitor', async () => {
  const site = await start({ '/': page(`${other.url}/wall`, `${other.url}/login`, `${other.url}/linkedin`) });
  Object.assign(answers, { '/wall': 403, '/login': 401, '/linkedin': 999 });
  const { flows, warnings, incomplete } = await walkWholeSite(site.url, { external_links: true });
  expect(summarize(flows)).toEqual(['GET /: passed']);
  expect(warnings).toEqual([
    `3 links to other sites could not be checked, because those sites answer a check differently than a visitor: ${other.url}/linkedin, ${other.url}/login, ${other.url}/wall.`,
  ]);
  expect(incomplete).toBeNull();
});

test('says why a site cannot be reached, and where a redirect leads', async () => {
  const closed = await startHttpSite(() => undefined);
  await closed.stop();
  const moved = await start({ '/old': { status: 301, headers: { location: `${other.url}/new` } } });
  answers['/new'] = 404;
  const site = await start({ '/': page(`${closed.url}/`, `${moved.url}/old`) });
  const { flows } = await walkWholeSite(site.url, { external_links: true });
  expect(flows.map(({ error }) => error)).toEqual([
    `link ${closed.url}/ refused the connection at 127.0.0.1:${closed.port}; link ${moved.url}/old redirects to ${other.url}/new, which responded 404 Not Found`,
  ]);
});

test('sends one request at a time to a host', async () => {
  const hrefs = Array.from({ length: 12 }, (_, index) => `${other.url}/${index}`);
  const site = await start({ '/': page(...hrefs) });
  expect((await walkWholeSite(site.url, { external_links: true })).flows).toHaveLength(1);
  expect(requests).toHaveLength(12);
  expect(atOnce.most).toBe(1);
});

test('opens no private address if that is denied, and says so', async () => {
  const site = await start({ '/': page('http://localhost:9/') });
  const { flows, warnings } = await walkWholeSite(site.url.replace('127.0.0.1', 'shop.example'), {
    external_links: true,
    privateTargets: 'deny',
    isPublic: (address) => address === '127.0.0.1',
    lookup: async (hostname) => [
      { address: hostname === 'shop.example' ? '127.0.0.1' : '10.0.0.9', family: 4 },
    ],
  });
  expect(summarize(flows)).toEqual(['GET /: passed']);
  expect(warnings).toEqual([
    '1 link to another site was not tried, because it leads to a private or special address: http://localhost:9/.',
  ]);
});

test('skips a page whose links could not be tried in time, and is incomplete', async () => {
  const hanging = await startHttpSite(() => undefined);
  stops.push(() => hanging.stop());
  const site = await start({ '/': page(`${hanging.url}/`, '/a'), '/a': 'x' });
  const { flows, incomplete } = await walkWholeSite(site.url, {
    external_links: true,
    limits: { totalMs: 700 },
  });
  expect(summarize(flows).toSorted()).toEqual([
    "GET /: skipped, 1 of its links to other sites were not checked: the check's 0.7 s were over",
    'GET /a: passed',
  ]);
  expect(incomplete).toMatchObject({ reason: 'time_limit', left: 1 });
});
