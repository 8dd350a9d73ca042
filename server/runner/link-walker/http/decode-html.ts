import { TextDecoder } from 'node:util';

const CHARSET_IN_HEADER = /charset\s*=\s*["']?([^\s"';]+)/i;
const CHARSET_IN_META = /<meta\s[^>]*charset\s*=\s*["']?([^\s"'/>;]+)/i;
const SNIFFED_BYTES = 1024;

/** Whether a response of this type is HTML. A response without a type is taken as HTML. */
export function isHtml(contentType: string): boolean {
  return contentType === '' || /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(contentType);
}

/** Decodes by the charset of the header, else by that of a `meta` near the beginning, else as UTF-8. */
export function decodeHtml(bytes: Uint8Array, contentType: string): string {
  const beginning = Buffer.from(bytes.subarray(0, SNIFFED_BYTES)).toString('latin1');
  const label = CHARSET_IN_HEADER.exec(contentType)?.[1] ?? CHARSET_IN_META.exec(beginning)?.[1] ?? 'utf-8';
  return createDecoder(label).decode(bytes);
}

function createDecoder(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    // The charset is unknown. Paths are nearly always ASCII, which UTF-8 reads correctly.
    return new TextDecoder();
  }
}
