import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { CheckError } from '../../../server/runner/contract.ts';
import type { Lookup } from '../../../server/runner/network/network-policy.ts';
import { type RawSite, startHttpSite, startHttpsSite, startTcpSite } from '../../helpers/network/raw-site.ts';
import { type Certificate, createCertificate } from '../../helpers/network/tls/certificate.ts';
import { summarize, walkSite } from '../../helpers/network/walk-site.ts';

const sites: RawSite[] = [];

async function started(starting: Promise<RawSite>): Promise<RawSite> {
  const site = await starting;
  sites.push(site);
  return site;
}

afterEach(async () => {
  await Promise.all(sites.splice(0).map((site) => site.stop()));
});

async function unreachable(url: string, options: Parameters<typeof walkSite>[1] = {}): Promise<string> {
  const error: unknown = await walkSite(url, options).then(
    () => 'reached',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CheckError);
  return error instanceof CheckError ? error.message : '';
}

const failLookup =
  (code: string): Lookup =>
  () =>
    Promise.reject(Object.assign(new Error('look-up'), { code }));

const toLoopback: Lookup = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);

test('a refused connection: names the address and what to check, without the query', async () => {
  const site = await startHttpSite(() => undefined);
  await site.stop();

  expect(await unreachable(`${site.url}/shop?token=secret`)).toBe(
    `${site.url}/shop refused the connection at 127.0.0.1:${site.port}. ` +
      'Check that the app is running, listens on that port, and can be reached from this server.',
  );
});

test.each([
  ['ENOTFOUND', 'has a host name that does not exist (shop.example)'],
  ['EAI_AGAIN', 'has a host name that could not be looked up (shop.example, EAI_AGAIN)'],
  ['EHOSTUNREACH', 'cannot be reached from this server (shop.example:80, EHOSTUNREACH)'],
  ['ETIMEDOUT', 'did not answer within 30 s'],
  ['EODD', 'could not be opened (shop.example:80, EODD)'],
])('a failed look-up with %s: says that the app %s', async (code, reason) => {
  const message = await unreachable('http://shop.example', { lookup: failLookup(code) });
  expect(message).toContain(`http://shop.example/ ${reason}. Check`);
});

test('a look-up that never ends: reports a time-out', async () => {
  const message = await unreachable('http://shop.example', {
    lookup: () => new Promise(() => undefined),
    limits: { pageMs: 200 },
  });
  expect(message).toMatch(/^http:\/\/shop\.example\/ did not answer within 0\.2 s\. Check/);
});

test.each([{ pageMs: 200 }, { totalMs: 200 }])('no answer within %o: reports a time-out', async (limits) => {
  const site = await started(startHttpSite(() => undefined));
  expect(await unreachable(site.url, { limits })).toBe(
    `${site.url}/ did not answer within 0.2 s. Check that the app is up, and that this server can reach 127.0.0.1:${site.port}.`,
  );
});

test('a connection that is cut before an answer: reports the cut', async () => {
  const site = await started(startTcpSite((socket) => socket.destroy()));
  expect(await unreachable(site.url)).toContain(
    `closed the connection without an answer (127.0.0.1:${site.port})`,
  );
});

test('a connection that is reset before an answer: reports the cut', async () => {
  const site = await started(startTcpSite((socket) => socket.resetAndDestroy()));
  expect(await unreachable(site.url)).toContain('closed the connection without an answer');
});

test('a server that does not speak HTTP: says so', async () => {
  const site = await started(startTcpSite((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n')));
  expect(await unreachable(site.url)).toContain('answered with something that is not HTTP');
});

test('a redirect of the app to a refused connection: names both addresses', async () => {
  const gone = await startHttpSite(() => undefined);
  await gone.stop();
  const site = await started(
    startHttpSite((_request, response) => {
      response.writeHead(301, { location: `${gone.url}/home?token=secret` }).end();
    }),
  );
  expect(await unreachable(site.url)).toContain(
    `${site.url}/ redirects to ${gone.url}/home, which refused the connection at 127.0.0.1:${gone.port}.`,
  );
});

test('a URL that is not http: says so', async () => {
  expect(await unreachable('ftp://shop.example/')).toBe('The URL of the app is not an http or https URL.');
});

const systemCertificates = getCACertificates('default');
const authority: Certificate = createCertificate({ name: 'Test authority' });

beforeAll(() => setDefaultCACertificates([...systemCertificates, authority.pem]));
afterAll(() => setDefaultCACertificates(systemCertificates));

const HOUR_MS = 60 * 60 * 1000;
const hoursFromNow = (hours: number) => new Date(Date.now() + hours * HOUR_MS);

test.each([
  ['self-signed', { name: 'shop.example' }, 'has a self-signed TLS certificate'],
  [
    'of an unknown issuer',
    { name: 'shop.example', issuer: createCertificate({ name: 'Some authority' }) },
    'has a TLS certificate from an unknown issuer',
  ],
  [
    'expired',
    { name: 'shop.example', issuer: authority, validFrom: hoursFromNow(-48), validTo: hoursFromNow(-24) },
    'has a TLS certificate that has expired',
  ],
  [
    'not valid yet',
    { name: 'shop.example', issuer: authority, validFrom: hoursFromNow(24), validTo: hoursFromNow(48) },
    'has a TLS certificate that is not valid yet',
  ],
  [
    "another host's",
    { name: 'other.example', issuer: authority },
    'has a TLS certificate for another host name',
  ],
])('a certificate that is %s: says so', async (_what, options, reason) => {
  const site = await started(
    startHttpsSite(createCertificate(options), (_request, response) => response.end('x')),
  );
  expect(await unreachable(`https://shop.example:${site.port}`, { lookup: toLoopback })).toContain(
    `https://shop.example:${site.port}/ ${reason}. `,
  );
});

test('a certificate with its whole chain from an unknown authority: says so', async () => {
  const unknown = createCertificate({ name: 'Some authority' });
  const certificate = createCertificate({ name: 'shop.example', issuer: unknown });
  const site = await started(
    startHttpsSite({ ...certificate, pem: certificate.pem + unknown.pem }, (_request, response) =>
      response.end('x'),
    ),
  );
  expect(await unreachable(`https://shop.example:${site.port}`, { lookup: toLoopback })).toContain(
    'has a TLS certificate whose chain ends in an unknown, self-signed one. Make the server send',
  );
});

test('a valid certificate: reaches the app', async () => {
  const certificate = createCertificate({ name: 'shop.example', issuer: authority });
  const site = await started(startHttpsSite(certificate, (_request, response) => response.end('x')));
  const flows = await walkSite(`https://shop.example:${site.port}`, { lookup: toLoopback });

  expect(summarize(flows)).toEqual(['GET /: passed']);
});

test('https to a port that speaks http: reports the failed TLS connection', async () => {
  const site = await started(startHttpSite((_request, response) => response.end('x')));
  expect(await unreachable(site.url.replace('http', 'https'))).toContain(
    `did not agree on a TLS connection (127.0.0.1:${site.port}, `,
  );
});
