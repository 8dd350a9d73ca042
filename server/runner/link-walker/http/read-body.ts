import { pipeline, type Transform } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib';
import type { Dispatcher } from 'undici';

/** At most this many encodings within each other: each further one multiplies what a bomb costs. */
const MAX_ENCODINGS = 2;

/** 8 MiB, the most that RFC 9659 allows on the web: a site could make a larger window use our memory. */
const ZSTD_WINDOW = { params: { [constants.ZSTD_d_windowLogMax]: 23 } };

const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['br', () => createBrotliDecompress()],
  ['zstd', () => createZstdDecompress(ZSTD_WINDOW)],
  ['deflate', () => createInflate()],
]);

/** A `Content-Encoding` that the request did not accept, or too many of them. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
  readonly code = 'unknown Content-Encoding';
}

/**
 * Reads the first `maxBytes` of the decompressed body, then closes the connection. Rejects with the error of the
 * socket, of zlib or of undici when the body breaks before that.
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
  // The last stream gets the error of any stream, and its reader sees it; so the callback has nothing to do.
  const ignore = () => undefined;
  if (first === undefined) {
    return body;
  }
  return second === undefined ? pipeline(body, first, ignore) : pipeline(body, first, second, ignore);
}
