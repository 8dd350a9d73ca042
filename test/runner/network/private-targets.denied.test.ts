import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  createNetworkPolicy,
  type Lookup,
  PrivateTargetError,
} from '../../../server/runner/network/network-policy.ts';
import { isPublicAddress } from '../../../server/runner/network/public-address.ts';
import { type Site, startSite } from '../../helpers/network/site.ts';
import { summarize, walkSite } from '../../helpers/network/walk-site.ts';

let site: Site;
let port: string;

beforeAll(async () => {
  site = await startSite({ '/': '<a href="/next">x</a>', '/next': 'x' });
  port = new URL(site.url).port;
});
beforeEach(() => {
  site.requests.length = 0;
});
afterAll(() => site.stop());

const DENIED = 'and this server does not open those (PRIVATE_TARGETS=deny)';
const NAME = `has a host name that could not be looked up or leads to a private or special address ${DENIED}`;
const LOOPBACK = { address: '127.0.0.1', family: 4 };

test.each([
  'localhost',
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '0.0.0.0',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:127.0.0.1]',
  '[::127.0.0.1]',
  '127.0.0.1.',
  '①②⑦.0.0.1',
  '127%2e0.0.1',
  '0x7f000001',
  '017700000001',
])('does not open http://%s', async (host) => {
  await expect(walkSite(`http://${host}:${port}/`, { privateTargets: 'deny' })).rejects.toMatchObject({
    name: 'CheckError',
    message: expect.stringContaining(DENIED),
  });
  expect(site.requests).toEqual([]);
});

test('names a private address if the URL contains it', async () => {
  await expect(walkSite(`http://127.1:${port}/x`, { privateTargets: 'deny' })).rejects.toThrow(
    `http://127.0.0.1:${port}/x is a private or special address (127.0.0.1) ${DENIED}. Give a URL that the public internet can reach`,
  );
});

test('does not say which private address a name resolves to', async () => {
  const lookup: Lookup = () => Promise.resolve([{ address: '10.11.12.13', family: 4 }]);
  const walking = walkSite('http://vault.internal/', { privateTargets: 'deny', lookup });

  await expect(walking).rejects.toThrow(`http://vault.internal/ ${NAME}`);
  await expect(walking).rejects.not.toThrow('10.11');
});

describe('the refusal of a name', () => {
  const fail = (code: string) => Promise.reject(Object.assign(new Error(code), { code, hostname: 'x' }));
  const later = async () => {
    await setTimeout(300);
    return await fail('ENOTFOUND');
  };
  const lookups: [string, Lookup][] = [
    ['leads to a private address', () => Promise.resolve([{ address: '10.11.12.13', family: 4 }])],
    ['leads to several', () => Promise.resolve([LOOPBACK, { address: 'fd00::1', family: 6 }])],
    ['does not exist', () => fail('ENOTFOUND')],
    ['does not exist, as a name server far away says', later],
    ['has no address', () => Promise.resolve([])],
    ['has a name server that fails', () => fail('EAI_AGAIN')],
  ];

  async function refuse(lookup: Lookup): Promise<string> {
    const flows = walkSite('http://guessed.internal/x', { privateTargets: 'deny', lookup });
    return await flows.then(
      () => 'opened',
      (error: unknown) => String(error),
    );
  }

  test.each(lookups)('has the same message if the name %s', async (_, lookup) => {
    const advice =
      "Check the URL's spelling, give a URL that the public internet can reach, or have the operator of the server set PRIVATE_TARGETS=allow.";
    expect(await refuse(lookup)).toBe(`CheckError: http://guessed.internal/x ${NAME}. ${advice}`);
  });

  test.each(lookups)('takes the same time if the name %s', async (_, lookup) => {
    const policy = createNetworkPolicy({ privateTargets: 'deny', lookup });
    const startedAt = performance.now();
    await expect(policy.resolve('guessed.internal')).rejects.toThrow(PrivateTargetError);
    // Timers may fire a fraction of a millisecond early.
    expect(performance.now() - startedAt).toBeGreaterThan(995);
  });

  test('gives the reason if private targets are allowed', async () => {
    const lookup: Lookup = () => fail('ENOTFOUND');
    await expect(walkSite('http://guessed.internal/x', { lookup })).rejects.toThrow(
      'has a host name that does not exist (guessed.internal)',
    );
  });
});

test('opens the same addresses when private targets are allowed', async () => {
  const lookup: Lookup = () => Promise.resolve([LOOPBACK]);
  expect(summarize(await walkSite(`http://127.1:${port}`))).toEqual(['GET /: passed', 'GET /next: passed']);
  expect(await walkSite(`http://shop.example:${port}`, { lookup })).toHaveLength(2);
});

/**
 * Only loopback is available here, so 127.0.0.1, where the site is, stands for a public address, and
 * 127.0.0.2 for a private one. Nothing listens at the latter: a connection would be refused there with
 * another error.
 */
const isPublic = (address: string) => address === LOOPBACK.address;
const PRIVATE = { address: '127.0.0.2', family: 4 };
const deny = { privateTargets: 'deny', isPublic } as const;

test('connects to the checked address, without a second look-up, which could be answered differently', async () => {
  let lookups = 0;
  const rebinding: Lookup = async () => {
    lookups += 1;
    return lookups === 1 ? [LOOPBACK] : [PRIVATE];
  };
  const flows = await walkSite(`http://rebind.example:${port}`, {
    ...deny,
    lookup: rebinding,
    limits: { pages: 1 },
  });

  expect(summarize(flows)).toEqual(['GET /: passed']);
  expect(lookups).toBe(1);
});

test('refuses a name at the second connection if it then resolves to a private address', async () => {
  const closing = await startSite({
    '/': { headers: { connection: 'close' }, body: '<a href="/next">x</a><img src="/i.png">' },
    '/i.png': { headers: { connection: 'close' }, body: 'png' },
    '/next': 'x',
  });
  let lookups = 0;
  const rebinding: Lookup = async () => {
    lookups += 1;
    return lookups <= 2 ? [LOOPBACK] : [PRIVATE];
  };
  const url = `http://rebind.example:${new URL(closing.url).port}`;
  const flows = await walkSite(url, { ...deny, lookup: rebinding });

  expect(summarize(flows)).toEqual(['GET /: passed', `GET /next: failed, ${NAME}; linked from /`]);
  expect(closing.requests).toEqual(['GET /', 'GET /i.png']);
  await closing.stop();
});

test('refuses a private asset like a private page', async () => {
  const closing = await startSite({ '/': { headers: { connection: 'close' }, body: '<img src="/i.png">' } });
  let lookups = 0;
  const rebinding: Lookup = async () => {
    lookups += 1;
    return lookups === 1 ? [LOOPBACK] : [PRIVATE];
  };
  const url = `http://rebind.example:${new URL(closing.url).port}`;

  expect(summarize(await walkSite(url, { ...deny, lookup: rebinding }))).toEqual([
    `GET /: failed, image /i.png ${NAME}`,
  ]);
  expect(closing.requests).toEqual(['GET /']);
  await closing.stop();
});

test('tries only the public addresses of a name that has private ones too', async () => {
  const both: Lookup = () => Promise.resolve([PRIVATE, { address: '::1', family: 6 }, LOOPBACK]);
  const flows = await walkSite(`http://both.example:${port}`, { ...deny, lookup: both });

  expect(flows).toHaveLength(2);
});

test.each([
  ['an address', 'http://127.0.0.2/', `is a private or special address (127.0.0.2) ${DENIED}`],
  ['an odd notation', 'http://0x7f000002/', `is a private or special address (127.0.0.2) ${DENIED}`],
  ['an IPv6 address', 'http://[::ffff:7f00:2]/', `is a private or special address (::ffff:7f00:2) ${DENIED}`],
  ['a name', 'http://metadata.internal/latest', NAME],
])('refuses a redirect of the app to %s at that hop', async (_what, location, reason) => {
  const site = await startSite({ '/': { status: 302, headers: { location } } });
  const lookup: Lookup = () => Promise.resolve([PRIVATE]);

  await expect(walkSite(site.url, { ...deny, lookup })).rejects.toThrow(
    `${site.url}/ redirects to ${new URL(location).href}, which ${reason}`,
  );
  await site.stop();
});

test.each([
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.255',
  '168.63.129.16',
  '::ffff:168.63.129.16',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:7f00:1',
  '0:0:0:0:0:ffff:169.254.169.254',
  '::ffff:0:127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::8.8.8.8',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:2::1',
  '2001:db8::1',
  '2001:10::1',
  '2001:20::1',
  '2002:7f00:1::',
  '2002:808:808::1',
  '3fff::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  '4000::1',
  '5f00::1',
  'not an address',
  '',
])('%s is not public', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each([
  '1.1.1.1',
  '8.8.8.8',
  '172.32.0.1',
  '100.128.0.1',
  '::ffff:8.8.8.8',
  '2606:4700:4700::1111',
  '2a00:1450::1',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});
