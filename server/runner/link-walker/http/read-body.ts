import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { decompress } from './decompress.ts';

export interface Body {
  readonly bytes: Uint8Array;
  /** Whether there is more than was read. */
  readonly isCut: boolean;
}

export interface ReadOptions {
  readonly maxBytes: number;
  /** Of these bytes, how many of the first are kept; by default all. */
  readonly keepBytes?: number;
  /** Called with all bytes that are read, in order. */
  readonly onBytes?: (bytes: Uint8Array) => void;
}

/**
 * Reads the first `maxBytes` of the decompressed body, then closes the connection. Rejects with the error of the
 * socket, of zlib or of undici when the body breaks before that.
 */
export async function readBody(
  response: Pick<Dispatcher.ResponseData, 'headers' | 'body'>,
  { maxBytes, keepBytes = maxBytes, onBytes }: ReadOptions,
): Promise<Body> {
  const chunks: Uint8Array[] = [];
  let kept = 0;
  let size = 0;
  /** Returns whether more is wanted. */
  const take = (chunk: Uint8Array): boolean => {
    size += chunk.length;
    const part = size > maxBytes ? chunk.subarray(0, chunk.length - (size - maxBytes)) : chunk;
    onBytes?.(part);
    if (kept < keepBytes) {
      chunks.push(part.subarray(0, keepBytes - kept));
      kept += part.length;
    }
    return size <= maxBytes;
  };
  const { body } = response;
  const bytes = decompress(response);
  await (bytes === body && !body.destroyed ? takeFlowing(body, take) : takeAll(bytes, take));
  const [first = Buffer.alloc(0)] = chunks;
  return { bytes: chunks.length > 1 ? Buffer.concat(chunks) : first, isCut: size > maxBytes };
}

async function takeAll(
  bytes: AsyncIterable<Uint8Array>,
  take: (chunk: Uint8Array) => boolean,
): Promise<void> {
  for await (const chunk of bytes) {
    if (!take(chunk)) {
      break;
    }
  }
}

/** As `takeAll` for a body that has not failed. To iterate over a stream takes as long as all the rest of a request. */
function takeFlowing(body: Readable, take: (chunk: Uint8Array) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    body
      .on('data', (chunk: Uint8Array) => {
        if (!body.destroyed && !take(chunk)) {
          resolve();
          body.destroy();
        }
      })
      .once('end', resolve)
      .once('error', reject);
  });
}
