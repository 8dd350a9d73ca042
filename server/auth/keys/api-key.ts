import { hash, randomInt } from 'node:crypto';
import { API_KEY_PREFIX, API_KEY_RANDOM_LENGTH, BASE62, createChecksum } from './api-key-form.ts';

/** The stored form of a key: enough to find and recognise the key, not enough to use it. */
export interface ApiKeyAtRest {
  /** SHA-256 of the key, 32 bytes. A slow hash would add nothing: the key has over 210 random bits. */
  readonly hash: Buffer;
  /** `qsk_` and 4 characters. */
  readonly start: string;
  readonly lastFour: string;
}

/** A new key from the system's CSPRNG; `randomInt` draws without modulo bias. */
export function generateApiKey(): string {
  const random = Array.from({ length: API_KEY_RANDOM_LENGTH }, () => BASE62.charAt(randomInt(BASE62.length)));
  const body = API_KEY_PREFIX + random.join('');
  return body + createChecksum(body);
}

export function toApiKeyAtRest(apiKey: string): ApiKeyAtRest {
  return {
    hash: hash('sha256', apiKey, 'buffer'),
    start: apiKey.slice(0, API_KEY_PREFIX.length + 4),
    lastFour: apiKey.slice(-4),
  };
}
