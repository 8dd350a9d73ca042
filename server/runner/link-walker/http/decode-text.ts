import { TextDecoder } from 'node:util';
import { TimeSlices } from '../time-slices.ts';

const CHARSET_IN_HEADER = /;\s*charset\s*=\s*["']?\s*([^\s"';]+)/i;
const CHUNK_BYTES = 64 * 1024;

export interface DecodedText {
  readonly text: string;
  /** The name of the charset, as the Encoding Standard has it: `utf-8`, `windows-1252`, … */
  readonly charset: string;
}

/** The charset of a `Content-Type` header; `undefined` when it names none. */
export function charsetOfHeader(contentType: string): string | undefined {
  return CHARSET_IN_HEADER.exec(contentType)?.[1];
}

/**
 * Decodes by the byte order mark where there is one, else by the first of `labels` that names a charset, else as UTF-8.
 * In slices, since some charsets take 100 ms a megabyte. Rejects with the reason of `signal` when that is aborted.
 */
export async function decodeText(
  bytes: Uint8Array,
  labels: readonly (string | undefined)[],
  signal: AbortSignal,
): Promise<DecodedText> {
  const slices = new TimeSlices(signal);
  if (bytes.length > CHUNK_BYTES) {
    // Others that arrived in the same turn of the event loop would be begun in it as well.
    await slices.next();
  }
  const decoder = createDecoder([markedCharset(bytes), ...labels]);
  let text = '';
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    text += decoder.decode(bytes.subarray(start, start + CHUNK_BYTES), { stream: true });
    if (slices.isOver()) {
      await slices.next();
    }
  }
  return { text: text + decoder.decode(), charset: decoder.encoding };
}

/** The charset that a byte order mark tells. */
function markedCharset([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) {
    return 'utf-8';
  }
  if (first === 0xfe && second === 0xff) {
    return 'utf-16be';
  }
  return first === 0xff && second === 0xfe ? 'utf-16le' : undefined;
}

/** Paths are nearly always ASCII, which UTF-8 reads correctly. */
function createDecoder(labels: readonly (string | undefined)[]): TextDecoder {
  for (const label of labels) {
    try {
      if (label !== undefined) {
        return new TextDecoder(label);
      }
    } catch {
      // The charset is unknown: browsers look for another one as well.
    }
  }
  return new TextDecoder();
}
