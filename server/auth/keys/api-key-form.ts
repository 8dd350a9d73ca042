import { crc32 } from 'node:zlib';

/**
 * The form of an API key: `qsk_`, 36 random base62 characters, and the CRC-32 of all of those as 6 base62 characters.
 * The action checks it before any request, and the server before any look-up, so this file imports nothing from either.
 */
export const API_KEY_PREFIX = 'qsk_';
export const API_KEY_RANDOM_LENGTH = 36;
export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const CHECKSUM_LENGTH = 6;
const FORM = new RegExp(`^${API_KEY_PREFIX}[0-9A-Za-z]{${API_KEY_RANDOM_LENGTH + CHECKSUM_LENGTH}}$`);

/** The 6 characters that end a key. `body` is everything before them, prefix included. */
export function createChecksum(body: string): string {
  let rest = crc32(body);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    digits = BASE62.charAt(rest % BASE62.length) + digits;
    rest = Math.floor(rest / BASE62.length);
  }
  return digits;
}

/** Whether `value` could be a key: right prefix, length, alphabet and checksum. Does not check that the key exists. */
export function isApiKey(value: string): boolean {
  return FORM.test(value) && value.endsWith(createChecksum(value.slice(0, -CHECKSUM_LENGTH)));
}
