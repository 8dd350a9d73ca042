import { TextDecoder } from 'node:util';
import { TimeSlices } from '../time-slices.ts';

const CHARSET_IN_HEADER = /charset\s*=\s*["']?([^\s"';]+)/i;
const CHARSET_IN_META = /<meta\s[^>]*charset\s*=\s*["']?([^\s"'/>;]+)/i;
const SNIFFED_BYTES = 1024;
const CHUNK_BYTES = 64 * 1024;

/** Whether a response of this type is HTML. A response without a type is taken as HTML. */
export function isHtml(contentType: string): boolean {
  return contentType === '' || /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(contentType);
}

/**
 * Decodes by the charset of the header, else by that of a `meta` near the beginning, else as UTF-8. In slices, since
 * some charsets take 100 ms a megabyte. Rejects with the reason of `signal` when that is aborted.
 */
export async function decodeHtml(
  bytes: Uint8Array,
  contentType: string,
  signal: AbortSignal,
): Promise<string> {
  const beginning = Buffer.from(bytes.subarray(0, SNIFFED_BYTES)).toString('latin1');
  const label = CHARSET_IN_HEADER.exec(contentType)?.[1] ?? CHARSET_IN_META.exec(beginning)?.[1] ?? 'utf-8';
  const slices = new TimeSlices(signal);
  const decoder = createDecoder(label);
  let html = '';
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    html += decoder.decode(bytes.subarray(start, start + CHUNK_BYTES), { stream: true });
    if (slices.isOver()) {
      await slices.next();
    }
  }
  return html + decoder.decode();
}

function createDecoder(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    // The charset is unknown. Paths are nearly always ASCII, which UTF-8 reads correctly.
    return new TextDecoder();
  }
}
