import { pipeline } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import type { Dispatcher } from 'undici';
import { gunzip } from './gzip.ts';

type Bytes = AsyncIterable<Uint8Array>;

/** At most this many encodings within each other: each further one multiplies what a bomb costs. */
const MAX_ENCODINGS = 2;

/** 8 MiB, the most that RFC 9659 allows on the web: a site could make a larger window use our memory. */
const ZSTD_WINDOW = { params: { [constants.ZSTD_d_windowLogMax]: 23 } };

// The last stream gets the error of any stream, and its reader sees it; so the callback has nothing to do.
const ignore = () => undefined;

const DECODERS: ReadonlyMap<string, (source: Bytes) => Bytes> = new Map<string, (source: Bytes) => Bytes>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['br', (source) => pipeline(source, createBrotliDecompress(), ignore)],
  ['zstd', (source) => pipeline(source, createZstdDecompress(ZSTD_WINDOW), ignore)],
  ['deflate', inflate],
]);

/** More encodings within each other than are undone. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
  readonly code = 'too many encodings';
}

/**
 * The body as a browser sees it. Of encodings of which it does not know one (`none`, `utf-8`, `compress`), a browser
 * undoes none. Throws an `EncodingError`.
 */
export function decompress({ headers, body }: Pick<Dispatcher.ResponseData, 'headers' | 'body'>): Bytes {
  const names = [headers['content-encoding'] ?? []]
    .flat()
    .flatMap((header) => header.toLowerCase().split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  const decoders = names.flatMap((name) => DECODERS.get(name) ?? []);
  if (decoders.length < names.length) {
    return body;
  }
  if (decoders.length > MAX_ENCODINGS) {
    body.on('error', ignore).destroy();
    throw new EncodingError();
  }
  return decoders.reduceRight<Bytes>((source, decode) => decode(source), body);
}

/** `deflate` is zlib's format by its standard, and the raw one as some servers send it. */
async function* inflate(source: Bytes): AsyncGenerator<Uint8Array> {
  const reader = source[Symbol.asyncIterator]();
  const first = await reader.next();
  if (first.done === true) {
    return;
  }
  const isZlib = ((first.value[0] ?? 0) & 0x0f) === 8;
  const rest = { [Symbol.asyncIterator]: () => reader };
  const whole = async function* () {
    yield first.value;
    yield* rest;
  };
  yield* pipeline(whole, isZlib ? createInflate() : createInflateRaw(), ignore);
}
