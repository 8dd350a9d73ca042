import { pipeline, type Transform } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib';
import type { Dispatcher } from 'undici';

/** Not accepted more often than this, one within the other: each further one multiplies what a bomb costs. */
const MAX_ENCODINGS = 2;

/** 8 MiB, what RFC 9659 allows on the web; a larger window would be memory at the server's command. */
const ZSTD_WINDOW = { params: { [constants.ZSTD_d_windowLogMax]: 23 } };

const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['br', () => createBrotliDecompress()],
  ['zstd', () => createZstdDecompress(ZSTD_WINDOW)],
  ['deflate', () => createInflate()],
]);

/** A `Content-Encoding` that was not asked for, or too many of them. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
  readonly code = 'unknown Content-Encoding';
}

/**
 * The first `maxBytes` of the decompressed body; the rest is not read and the connection cut.
 * Rejects with the socket's, zlib's or undici's error when the body breaks before that.
 */
export async function readBody(
  { headers, body }: Dispatcher.ResponseData,
  { maxBytes }: { readonly maxBytes: number },
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of decompress(body, headers['content-encoding'])) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= maxBytes) {
      break;
    }
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

function decompress(
  body: Dispatcher.ResponseData['body'],
  encodings: string | string[] | undefined,
): AsyncIterable<Uint8Array> {
  const names = [encodings ?? []]
    .flat()
    .flatMap((header) => header.toLowerCase().split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
    .reverse();
  const decoders = names.map((name) => DECODERS.get(name)?.());
  const [first, second] = decoders;
  if (names.length > MAX_ENCODINGS || decoders.includes(undefined)) {
    body.on('error', () => undefined).destroy();
    throw new EncodingError();
  }
  // The last stream, which is iterated over, is given the error of any; so nobody waits for the callback.
  const ignore = () => undefined;
  if (first === undefined) {
    return body;
  }
  return second === undefined ? pipeline(body, first, ignore) : pipeline(body, first, second, ignore);
}
