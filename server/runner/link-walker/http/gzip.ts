import { pipeline } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

const FIXED_BYTES = 10;
/** A header may hold a name and a comment of any length. */
const MOST_BYTES = 64 * 1024;

/** The code that zlib gives to a header it does not know. */
class GzipHeaderError extends Error {
  override readonly name = 'GzipHeaderError';
  readonly code = 'Z_DATA_ERROR';
}

/**
 * Decompresses gzip as Chromium does: the first member, whatever follows it. Node.js fails on bytes after a member that
 * are not a member themselves, and on a wrong checksum.
 */
export async function* gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // The last stream gets the error of any stream, and its reader sees it; so the callback has nothing to do.
  yield* pipeline(source, withoutHeader, createInflateRaw(), () => undefined);
}

async function* withoutHeader(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head = Buffer.alloc(0);
  let isPast = false;
  for await (const chunk of source) {
    if (isPast) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const size = measureHeader(head);
    if (size !== null) {
      isPast = true;
      yield head.subarray(size);
    }
  }
  // An empty body is empty, also when it says that it is compressed.
  if (!isPast && head.length === 0) {
    yield EMPTY_BLOCK;
  }
}

/** What raw deflate makes of nothing. */
const EMPTY_BLOCK = Uint8Array.of(3, 0);

/** How many bytes the header has; `null` while it is not complete. */
function measureHeader(head: Buffer): number | null {
  const isGzip = [0x1f, 0x8b, 8].every((byte, at) => head.length <= at || head[at] === byte);
  if (!isGzip || head.length > MOST_BYTES) {
    throw new GzipHeaderError('not a gzip header');
  }
  if (head.length < FIXED_BYTES) {
    return null;
  }
  const flags = head.readUInt8(3);
  let size = FIXED_BYTES;
  if ((flags & 4) !== 0) {
    size += 2 + (head.length < size + 2 ? 0 : head.readUInt16LE(size));
  }
  for (const flag of [8, 16]) {
    if ((flags & flag) !== 0) {
      const end = head.indexOf(0, size);
      if (end === -1) {
        return null;
      }
      size = end + 1;
    }
  }
  size += (flags & 2) === 0 ? 0 : 2;
  return size <= head.length ? size : null;
}
