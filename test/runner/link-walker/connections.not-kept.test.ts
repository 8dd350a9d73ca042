import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { withDeadline } from '../../../server/runner/deadline.ts';
import { createHttpClient, type HttpClient } from '../../../server/runner/link-walker/http/http-client.ts';
import { createNetworkPolicy } from '../../../server/runner/network/network-policy.ts';
import { type RawSite, startHttpSite } from '../../helpers/network/raw-site.ts';

let site: RawSite;
let walk: AbortController;
let client: HttpClient;

beforeEach(async () => {
  site = await startHttpSite((request, response) => {
    if (request.url !== '/hangs') {
      response.writeHead(200, { connection: 'close' }).end('x');
    }
  });
  walk = new AbortController();
  const policy = createNetworkPolicy({ privateTargets: 'allow' });
  client = createHttpClient({ policy, timeoutMs: 10_000, signal: walk.signal });
});

afterEach(async () => {
  await client.close();
  await site.stop();
});

const get = (path: string) => client.get(new URL(site.url + path), { signal: new AbortController().signal });

test('a walk keeps nothing of its connections that are closed', async () => {
  for (let count = 0; count < 20; count += 1) {
    await (await get('/')).body.dump();
  }
  expect(site.connections()).toBe(20);
  expect(getEventListeners(walk.signal, 'abort')).toHaveLength(1);
});

test('the end of a walk closes its connections, and none stays open after it', async () => {
  const hanging = get('/hangs');
  while (site.sockets.size === 0) {
    await sleep(5);
  }
  walk.abort(new Error('over'));
  await expect(hanging).rejects.toThrow();
  await expect(get('/')).rejects.toThrow();
  while (site.sockets.size > 0) {
    await sleep(5);
  }
});

test('a walk keeps nothing of the time limits of its assets', async () => {
  for (let count = 0; count < 20; count += 1) {
    await withDeadline({ ms: 10_000, signal: walk.signal }, async () => undefined);
  }
  expect(getEventListeners(walk.signal, 'abort')).toHaveLength(1);
});

test('a time limit is over when its walk is', async () => {
  walk.abort('over');
  expect(await withDeadline({ ms: 10_000, signal: walk.signal }, async ({ reason }) => reason)).toBe('over');
});
