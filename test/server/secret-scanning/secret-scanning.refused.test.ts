import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { withKey } from '../../helpers/network/requests.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';
import { type GithubKeyList, startGithubKeyList } from '../../helpers/stand-ins/github-keys.ts';

const PATH = '/api/secret-scanning/github';

/** Requests from GitHub's documentation, with the keys that its list had at that time. */
const DOCUMENTED = [
  {
    identifier: 'bcb53661c06b4728e59d897fb6165d5c9cda0fd9cdf9d09ead458168deb7518c',
    key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYAGMWO8XgCamYKMJS6jc/qgvSlAd\nAjPuDPRcXU22YxgBrz+zoN19MzuRyW87qEt9/AmtoNP5GrobzUvQSyJFVw==',
    body: '[{"source":"commit","token":"some_token","type":"some_type","url":"https://example.com/base-repo-url/"}]',
    signature:
      'MEQCIQDaMKqrGnE27S0kgMrEK0eYBmyG0LeZismAEz/BgZyt7AIfXt9fErtRS4XaeSt/AO1RtBY66YcAdjxji410VQV4xg==',
  },
  {
    identifier: 'f9525bf080f75b3506ca1ead061add62b8633a346606dc5fe544e29231c6ee0d',
    key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsz9ugWDj5jK5ELBK42ynytbo38gP\nHzZFI03Exwz8Lh/tCfL3YxwMdLjB+bMznsanlhK0RwcGP3IDb34kQDIo3Q==',
    body: '[{"token":"some_token","type":"some_type","url":"some_url","source":"some_source"}]',
    signature:
      'MEUCIFLZzeK++IhS+y276SRk2Pe5LfDrfvTXu6iwKKcFGCrvAiEAhHN2kDOhy2I6eGkOFmxNkOJ+L2y8oQ9A2T9GGJo6WJY=',
  },
  {
    identifier: '90a421169f0a406205f1563a953312f0be898d3c7b6c06b681aa86a874555f4a',
    key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9MJJHnMfn2+H4xL4YaPDA4RpJqUq\nkCmRCBnYERxZanmcpzQSXs1X/AljlKkbJ8qpVIW4clayyef9gWhFbNHWAA==',
    body: '[{"token":"some_token","type":"some_type","url":"some_url"}]',
    signature:
      'MEUCIQDKZokqnCjrRtw0tni+2Ltvl/uiMJ1EGumEsp1BsNr32AIgQY1YXD2nlj+XNfGK4rBfkMJ1JDOQcYXxa2sY8FNkrKc=',
  },
];

let github: GithubKeyList;
let server: TestServer;
/** This server's list of keys answers 500. */
let offline: TestServer;
let offlineList: GithubKeyList;
let app: TestApp;

beforeAll(async () => {
  [github, offlineList] = await Promise.all([startGithubKeyList(), startGithubKeyList()]);
  offlineList.failWith({ status: 500 });
  const start = ({ url }: GithubKeyList) => startTestServer({ env: { SECRET_SCANNING_KEYS_URL: url } });
  [server, offline] = await Promise.all([start(github), start(offlineList)]);
  app = await server.createApp();
});
afterAll(async () => {
  await Promise.all([server.stop(), offline.stop()]);
  await Promise.all([github.stop(), offlineList.stop()]);
});

const toBody = (token: string) =>
  JSON.stringify([{ token, type: 'qassandra_api_key', url: '', source: 'content' }]);
const post = (body: string, headers: Record<string, string>, at = server) =>
  request(at.url)
    .post(PATH)
    .set({ 'Content-Type': 'application/json', ...headers })
    .send(body);

describe('the list of GitHub’s keys', () => {
  test('is not fetched before a request looks like a report, and not again for each unknown name', async () => {
    await post('[]', {});
    await post('[]', { 'Github-Public-Key-Identifier': 'a b', 'Github-Public-Key-Signature': 'x' });
    expect(github.fetches()).toBe(0);
    for (const { identifier, key } of DOCUMENTED) {
      const pem = `-----BEGIN PUBLIC KEY-----\n${key}\n-----END PUBLIC KEY-----\n`;
      github.keys.push({ key_identifier: identifier, key: pem, is_current: false });
    }
    for (const name of ['unknown-1', 'unknown-2']) {
      const answer = await post('[]', { ...github.sign('[]'), 'Github-Public-Key-Identifier': name });
      expect(answer.status).toBe(401);
    }
    expect(github.fetches()).toBe(1);
  });

  test.each(DOCUMENTED)(
    'accepts the request of GitHub’s documentation with the key $identifier',
    async ({ identifier, body, signature }) => {
      const answer = await post(body, {
        'Github-Public-Key-Identifier': identifier,
        'Github-Public-Key-Signature': signature,
      });
      expect([answer.status, answer.body]).toEqual([
        200,
        [
          {
            token_hash: '9a45520a1213f15016d2d768b5fb3d904492a44ee274b44d4de8803e00fb536a',
            token_type: 'some_type',
            label: 'false_positive',
          },
        ],
      ]);
    },
  );

  test('makes the answer a 503 with Retry-After when it cannot be fetched', async () => {
    const answer = await post('[]', offlineList.sign('[]'), offline);
    expect([answer.status, answer.body.code]).toEqual([503, 'signing_keys_unavailable']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.text).not.toContain('127.0.0.1');
  });
});

describe('a report that is not GitHub’s', () => {
  const expectRefused = async (answer: request.Response) => {
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_signature']);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers['www-authenticate']).toContain('Github-Public-Key-Signature');
    expect(answer.text).not.toContain(app.apiKey);
    expect((await withKey(server, app, 'get')).status).toBe(200);
  };

  test.each<[string, (headers: Record<string, string>) => Record<string, string>]>([
    ['has no signature', () => ({})],
    ['names no key', ({ 'Github-Public-Key-Identifier': _key, ...rest }) => rest],
    ['has a key and no signature', ({ 'Github-Public-Key-Signature': _signature, ...rest }) => rest],
    [
      'has a signature that is not base64',
      (headers) => ({ ...headers, 'Github-Public-Key-Signature': 'é{}' }),
    ],
    [
      'has a signature that is none',
      (headers) => ({ ...headers, 'Github-Public-Key-Signature': 'A'.repeat(96) }),
    ],
    [
      'has a key’s name of another form',
      (headers) => ({ ...headers, 'Github-Public-Key-Identifier': '../x' }),
    ],
    [
      'names a key that is not listed',
      (headers) => ({ ...headers, 'Github-Public-Key-Identifier': 'a'.repeat(64) }),
    ],
    ['has an API key instead', () => ({ Authorization: `Bearer ${app.apiKey}` })],
  ])('is refused when it %s', async (_case, change) => {
    const body = toBody(app.apiKey);
    await expectRefused(await post(body, change(github.sign(body))));
  });

  test('is refused when its signature was sent twice', async () => {
    const body = toBody(app.apiKey);
    const { 'Github-Public-Key-Signature': signature = '', ...rest } = github.sign(body);
    const answer = await fetch(`${server.url}${PATH}`, {
      method: 'POST',
      headers: [
        ...Object.entries(rest),
        ['Github-Public-Key-Signature', signature],
        ['Github-Public-Key-Signature', signature],
      ],
      body,
    });
    expect(answer.status).toBe(401);
    expect((await withKey(server, app, 'get')).status).toBe(200);
  });

  test('is refused when any byte of it was changed, even one that means nothing in JSON', async () => {
    const body = toBody(app.apiKey);
    const headers = github.sign(body);
    await expectRefused(await post(`${body} `, headers));
    await expectRefused(await post(body.replace('content', 'Content'), headers));
  });

  test('is refused when another key signed it under the name of GitHub’s key', async () => {
    const body = toBody(app.apiKey);
    const stranger = await startGithubKeyList();
    const headers = {
      ...github.sign(body),
      'Github-Public-Key-Signature': stranger.sign(body)['Github-Public-Key-Signature'] ?? '',
    };
    await stranger.stop();
    await expectRefused(await post(body, headers));
  });
});

describe('a signed body', () => {
  const send = (body: string) => post(body, github.sign(body));

  test.each([
    ['is not JSON', '[{"token": "qsk_', 400, 'malformed_json'],
    ['is empty', '', 400, 'malformed_json'],
    ['is no array', '{"token": "x", "type": "y"}', 400, 'invalid_request'],
    ['has a match without a token', '[{"type": "y"}]', 400, 'invalid_request'],
    ['has a token that is no string', '[{"token": 1, "type": "y"}]', 400, 'invalid_request'],
    ['has no type', '[{"token": "x"}]', 400, 'invalid_request'],
    ['is over 1 MiB', `["${'x'.repeat(1024 * 1024)}"]`, 413, 'payload_too_large'],
  ])('is refused if it %s', async (_case, body, status, code) => {
    const answer = await send(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test('is refused over 1 MiB without a Content-Length', async () => {
    const body = `["${'x'.repeat(1024 * 1024)}"]`;
    const answer = await fetch(`${server.url}${PATH}`, {
      method: 'POST',
      headers: github.sign(body),
      body: new Blob([body]).stream(),
      duplex: 'half',
    });
    expect(answer.status).toBe(413);
  });

  test('is refused if it is not UTF-8', async () => {
    const bytes = Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]);
    const headers = github.sign(bytes);
    const answer = await fetch(`${server.url}${PATH}`, { method: 'POST', headers, body: bytes });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('malformed_json')]);
  });

  test('is refused if it is compressed: the signature covers the bytes as sent', async () => {
    const answer = await send('[]').set('Content-Encoding', 'gzip');
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
  });

  test.each(['get', 'put', 'patch', 'delete'] as const)(
    'is accepted by POST only, not by %s',
    async (method) => {
      const answer = await request(server.url)[method](PATH).set(github.sign(''));
      expect([answer.status, answer.body.code]).toEqual([404, 'route_not_found']);
    },
  );
});
