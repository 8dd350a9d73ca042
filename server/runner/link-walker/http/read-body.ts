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
  for await (const chunk of decompress(response)) {
    size += chunk.length;
    const part = size > maxBytes ? chunk.subarray(0, chunk.length - (size - maxBytes)) : chunk;
    onBytes?.(part);
    if (kept < keepBytes) {
      chunks.push(part.subarray(0, keepBytes - kept));
      kept += part.length;
    }
    if (size > maxBytes) {
      break;
    }
  }
  return { bytes: Buffer.concat(chunks), isCut: size > maxBytes };
}
