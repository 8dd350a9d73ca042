import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** GitHub's list of signing keys for reports, served over HTTP on loopback, with the private keys to sign. */
export interface GithubKeyList {
  /** The value of `SECRET_SCANNING_KEYS_URL`. */
  readonly url: string;
  /** The keys on the list. A test may add, change and remove some. */
  readonly keys: ListedKey[];
  /** How often the list was requested. */
  readonly fetches: () => number;
  /** Makes the list fail from now on; `undefined` ends that. */
  failWith(failure: KeyListFailure | undefined): void;
  /** Adds a new key as the newest and current one, as GitHub rotates keys. */
  rotate(): SigningKey;
  /** The headers for a body signed by `key`, by default the first one. */
  sign(body: string | Uint8Array, key?: SigningKey): Record<string, string>;
  stop(): Promise<void>;
}

export interface ListedKey {
  readonly key_identifier: string;
  readonly key: string;
  is_current: boolean;
}

export interface SigningKey {
  readonly identifier: string;
  readonly privateKey: KeyObject;
}

/** An answer with that status, no answer, or a cut connection. */
export type KeyListFailure =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'hang'
  | 'disconnect';

const PATH = '/meta/public_keys/secret_scanning';

export async function startGithubKeyList(): Promise<GithubKeyList> {
  const keys: ListedKey[] = [];
  let fetches = 0;
  let failure: KeyListFailure | undefined;

  const http = createServer((req, res) => {
    fetches += 1;
    res.setHeader('Content-Type', 'application/json; charset=utf-8');
    if (failure === 'disconnect') {
      req.socket.destroy();
    } else if (failure === 'hang') {
      // Never answers.
    } else if (failure) {
      res
        .writeHead(failure.status, failure.headers)
        .end(failure.body ?? JSON.stringify({ message: 'Failed by the test' }));
    } else if (req.method !== 'GET' || req.url !== PATH) {
      res.writeHead(404).end(JSON.stringify({ message: 'Not Found' }));
    } else if (req.headers['user-agent'] === undefined) {
      // Like GitHub's API.
      res.writeHead(403).end('Request forbidden by administrative rules.');
    } else {
      res.end(JSON.stringify({ public_keys: keys }));
    }
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;

  function rotate(): SigningKey {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const identifier = randomBytes(32).toString('hex');
    for (const older of keys) {
      older.is_current = false;
    }
    keys.push({ key_identifier: identifier, key, is_current: true });
    return { identifier, privateKey };
  }

  const first = rotate();
  return {
    url: `http://127.0.0.1:${port}${PATH}`,
    keys,
    fetches: () => fetches,
    failWith(next) {
      failure = next;
    },
    rotate,
    sign: (body, { identifier, privateKey } = first) => ({
      'Github-Public-Key-Identifier': identifier,
      'Github-Public-Key-Signature': createSign('sha256').update(body).sign(privateKey, 'base64'),
    }),
    stop: () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
}
