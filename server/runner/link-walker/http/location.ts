import { isUtf8 } from 'node:buffer';

/**
 * A header as a browser reads a URL in it. undici makes a character of each byte; servers write UTF-8 there, which must not
 * become other characters.
 */
export function decodeHeader(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : percentEncode(value);
}

/** What is no UTF-8 goes into the URL byte by byte. */
function percentEncode(value: string): string {
  return value.replace(/[\x80-\xff]/g, (character) => encodeByte(character.charCodeAt(0)));
}

function encodeByte(byte: number): string {
  return `%${byte.toString(16).toUpperCase()}`;
}
