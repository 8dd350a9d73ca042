import { afterEach, expect, test } from '@jest/globals';
import { fetchPage } from '../../../../server/runner/link-walker/http/fetch-page.ts';
import type { HttpClient } from '../../../../server/runner/link-walker/http/http-client.ts';
import { readLimits } from '../../../../server/runner/link-walker/walk/read-limits.ts';
import { type RawSite, startTcpSite } from '../../../helpers/network/raw-site.ts';
import { openClient } from '../../../helpers/runner/walker-parts.ts';

let site: RawSite;
let client: HttpClient;

afterEach(async () => {
  await client.close();
  await site.stop();
});

/** Opens a page whose first answer is `head` with `body`. Any further answer is a page. */
async function open(head: string | Buffer, body = 'x') {
  let answered = 0;
  site = await startTcpSite((socket) => {
    answered += 1;
    socket.write(answered === 1 ? head : 'HTTP/1.1 200 OK\r\ncontent-type: text/html');
    socket.end(`\r\nconnection: close\r\n\r\n${answered === 1 ? body : 'x'}`);
  });
  client = openClient();
  const signal = new AbortController().signal;
  return fetchPage(new URL(site.url), { client, signal, limits: readLimits({}), origin: null });
}

test.each([
  ['UTF-8', Buffer.from('Location: /café?q=✓'), '/caf%C3%A9?q=%E2%9C%93'],
  ['Latin-1', Buffer.from('Location: /café', 'latin1'), '/caf%E9'],
])('follows a Location in raw %s', async (_what, location, path) => {
  const answer = await open(Buffer.concat([Buffer.from('HTTP/1.1 302 Found\r\n'), location]));
  expect(answer).toMatchObject({ kind: 'page', url: new URL(path, site.url) });
});

test('follows two Locations that are the same', async () => {
  const answer = await open('HTTP/1.1 301 Moved\r\nLocation: /a\r\nLocation: /a');
  expect(answer).toMatchObject({ kind: 'page', url: new URL('/a', site.url) });
});

test('does not follow the Location of a 300, as browsers do not', async () => {
  expect(await open('HTTP/1.1 300 Multiple Choices\r\nLocation: /a')).toEqual({
    kind: 'failed',
    reason: 'responded 300 Multiple Choices',
  });
});

test('reads a page with 100 KB of headers', async () => {
  expect(
    await open(`HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nx-large: ${'x'.repeat(100_000)}`),
  ).toMatchObject({
    kind: 'page',
    html: 'x',
  });
});

test('tells where a Refresh header leads', async () => {
  const answer = await open('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nRefresh: 0; url=/next');
  expect(answer).toMatchObject({ kind: 'page', refresh: '0; url=/next' });
});

test('says that a page is longer than what was read', async () => {
  const page = { kind: 'page', isCut: true };
  const { pageBytes } = readLimits({});
  expect(await open('HTTP/1.1 200 OK\r\ncontent-type: text/html', 'x'.repeat(pageBytes + 1))).toMatchObject(
    page,
  );
});
