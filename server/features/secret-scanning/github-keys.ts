import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { ApiError } from '../../http/errors.ts';
import { version } from '../../version.ts';

/** The keys with which GitHub signs its reports. */
export interface GithubKeys {
  /**
   * The key of that name, or `undefined` where GitHub has none. Rejects with an `ApiError` (503) where the list cannot
   * be fetched.
   */
  find(identifier: string): Promise<KeyObject | undefined>;
}

export interface GithubKeysOptions {
  readonly url: string;
  /** Milliseconds, like `Date.now`. */
  readonly now?: () => number;
}

const TIMEOUT_MS = 5_000;
const FRESH_MS = 60 * 60 * 1000;
/** GitHub answers 60 requests an hour without a token. Anyone can send a name that is not on the list. */
const PAUSE_MS = 60_000;

const keyListSchema = z.object({
  public_keys: z.array(z.object({ key_identifier: z.string(), key: z.string() })).max(1_000),
});

type KeyList = ReadonlyMap<string, KeyObject>;

/**
 * GitHub's list of keys. It is fetched when a report needs it: once an hour, and at most once a minute for a name that
 * is not on it. An old list stays valid while it cannot be fetched again.
 */
export function createGithubKeys({ url, now = Date.now }: GithubKeysOptions): GithubKeys {
  let list: KeyList = new Map();
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  let fetching: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    triedAt = now();
    try {
      list = await fetchKeys(url);
      fetchedAt = triedAt;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
  }

  return {
    async find(identifier) {
      const isFresh = list.has(identifier) && now() - fetchedAt < FRESH_MS;
      if (!isFresh && (fetching !== undefined || now() - triedAt >= PAUSE_MS)) {
        fetching ??= refresh().finally(() => {
          fetching = undefined;
        });
        await fetching;
      }
      const key = list.get(identifier);
      if (key === undefined && failure !== undefined) {
        throw createKeysUnavailableError(failure, triedAt + PAUSE_MS - now());
      }
      return key;
    },
  };
}

async function fetchKeys(url: string): Promise<KeyList> {
  const answer = await fetch(url, {
    headers: { Accept: 'application/vnd.github+json', 'User-Agent': `qassandra/${version}` },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok) {
    await answer.body?.cancel();
    throw new Error(`GitHub answered ${answer.status} to the request for its list of keys.`);
  }
  const { public_keys: keys } = keyListSchema.parse(await answer.json());
  const usable = keys.flatMap(({ key_identifier: identifier, key }) => {
    const parsed = parseKey(key);
    return parsed ? [[identifier, parsed] as const] : [];
  });
  if (usable.length === 0) {
    throw new Error("The list of GitHub's keys has no key on the curve P-256.");
  }
  return new Map(usable);
}

/** `undefined` for another kind of key than the documented one: a new kind must not make the known keys unusable. */
function parseKey(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined;
  } catch {
    return undefined;
  }
}

function createKeysUnavailableError(cause: unknown, waitMs: number): ApiError {
  return new ApiError(
    'signing_keys_unavailable',
    "GitHub's keys cannot be fetched at the moment, so the signature cannot be verified. Send the report again later.",
    { cause, headers: { 'Retry-After': String(Math.max(1, Math.ceil(waitMs / 1000))) } },
  );
}
