import { afterEach, describe, expect, test } from '@jest/globals';
import type { Lookup } from '../../../server/runner/network/network-policy.ts';
import {
  type FarPort,
  type FarPortOptions,
  hasFarPorts,
  openFarPort,
} from '../../helpers/network/far-port.ts';
import { type Site, startSite } from '../../helpers/network/site.ts';
import { summarize, walkSite } from '../../helpers/network/walk-site.ts';

const opened: (Site | FarPort)[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((part) => part.stop()));
});

async function openFarSite(options: Omit<FarPortOptions, 'target'>): Promise<FarPort> {
  const site = await startSite({ '/': 'fine' });
  const far = await openFarPort({ target: Number(new URL(site.url).port), ...options });
  opened.push(site, far);
  return far;
}

const lookupAs =
  (...addresses: string[]): Lookup =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

// Node.js gives each address of a name but the last one 250 ms.
const describeFar = hasFarPorts ? describe : describe.skip;

describeFar('the link walker', () => {
  test('reaches a site whose first address is a second away and whose second does not answer', async () => {
    const far = await openFarSite({ addresses: ['127.0.0.1'], accepts: 'late' });
    const lookup = lookupAs('127.0.0.1', '::1');
    expect(summarize(await walkSite(`http://far.test:${far.port}`, { lookup }))).toEqual(['GET /: passed']);
  });

  test('reaches a site whose first address does not answer', async () => {
    const far = await openFarSite({ addresses: ['127.0.0.1'], accepts: 'never', near: '127.0.0.2' });
    const lookup = lookupAs('127.0.0.1', '127.0.0.2');
    expect(summarize(await walkSite(`http://half.test:${far.port}`, { lookup }))).toEqual(['GET /: passed']);
  });
});
