import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createGithubKeys, type GithubKeys } from '../../../server/features/secret-scanning/github-keys.ts';
import { type GithubKeyList, startGithubKeyList } from '../../helpers/stand-ins/github-keys.ts';

const MINUTE = 60_000;

describe('the list of GitHub’s keys', () => {
  let github: GithubKeyList;
  let now: number;
  let keys: GithubKeys;
  const [listed, later] = ['listed', 'later'];
  const list = (identifier: string, key: string = createPem()) =>
    github.keys.push({ key_identifier: identifier, key, is_current: true });
  const unavailable = (retryAfter: string) =>
    expect.objectContaining({
      code: 'signing_keys_unavailable',
      status: 503,
      headers: { 'Retry-After': retryAfter },
    });

  beforeEach(async () => {
    github = await startGithubKeyList();
    list(listed);
    now = 0;
    keys = createGithubKeys({ url: github.url, now: () => now });
  });
  afterEach(() => github.stop());

  test('is fetched at its first use, once for all simultaneous callers, and once an hour', async () => {
    expect(github.fetches()).toBe(0);
    const found = await Promise.all([1, 2, 3].map(() => keys.find(listed)));
    expect(found.map((key) => key?.asymmetricKeyType)).toEqual(['ec', 'ec', 'ec']);
    now = 60 * MINUTE - 1;
    await keys.find(listed);
    expect(github.fetches()).toBe(1);
    now += 1;
    await keys.find(listed);
    expect(github.fetches()).toBe(2);
  });

  test('is fetched again for an unknown name, once a minute at most', async () => {
    await keys.find(listed);
    list(later);
    now = MINUTE - 1;
    expect(await keys.find(later)).toBeUndefined();
    expect(github.fetches()).toBe(1);
    now = MINUTE;
    expect(await keys.find(later)).toBeDefined();
    expect(await keys.find('unknown')).toBeUndefined();
    expect(github.fetches()).toBe(2);
  });

  test('forgets a key within an hour after GitHub has removed it', async () => {
    await keys.find(listed);
    github.keys.splice(0, github.keys.length);
    list(later);
    now = 60 * MINUTE;
    expect(await keys.find(listed)).toBeUndefined();
  });

  test('says when to try again if it cannot be fetched, and is fetched again after a minute', async () => {
    github.failWith({ status: 500 });
    await expect(keys.find(listed)).rejects.toEqual(unavailable('60'));
    github.failWith(undefined);
    now = 45_000;
    await expect(keys.find(listed)).rejects.toEqual(unavailable('15'));
    expect(github.fetches()).toBe(1);
    now = MINUTE;
    expect(await keys.find(listed)).toBeDefined();
  });

  test('stays in use when it cannot be fetched again, and then refuses to decide about unknown names', async () => {
    await keys.find(listed);
    github.failWith('disconnect');
    now = 90 * MINUTE;
    expect(await keys.find(listed)).toBeDefined();
    await expect(keys.find(later)).rejects.toEqual(unavailable('60'));
    expect(github.fetches()).toBe(2);
  });

  test('is abandoned when it does not arrive in time', async () => {
    github.failWith('hang');
    await expect(keys.find(listed)).rejects.toEqual(unavailable('60'));
  });

  test.each([
    ['is not JSON', 'Unicorn!'],
    ['has another form', '{"keys": []}'],
    ['has no key', '{"public_keys": []}'],
    ['has no key that can be read', '{"public_keys": [{"key_identifier": "listed", "key": "x"}]}'],
  ])('counts as not fetched when it %s', async (_case, body) => {
    github.failWith({ status: 200, body });
    await expect(keys.find(listed)).rejects.toEqual(unavailable('60'));
  });

  test('leaves out keys of other kinds, and keeps the rest', async () => {
    list('another curve', createPem('P-384'));
    list('no key', '-----BEGIN PUBLIC KEY-----');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    list('RSA', rsa.export({ type: 'spki', format: 'pem' }).toString());
    expect(await keys.find(listed)).toBeDefined();
    for (const identifier of ['another curve', 'no key', 'RSA']) {
      expect(await keys.find(identifier)).toBeUndefined();
    }
  });

  test('is not fetched through a redirect', async () => {
    const { url } = github;
    const elsewhere = createGithubKeys({ url: url.replace(/\/meta.*/, '/redirect'), now: () => now });
    github.failWith({ status: 302, headers: { Location: url } });
    await expect(elsewhere.find(listed)).rejects.toEqual(unavailable('60'));
    expect(github.fetches()).toBe(1);
  });
});

function createPem(namedCurve = 'P-256'): string {
  return generateKeyPairSync('ec', { namedCurve })
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString();
}
