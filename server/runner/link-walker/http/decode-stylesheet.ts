import { charsetOfHeader, type DecodedText, decodeText } from './decode-text.ts';

const CHARSET_RULE = /^@charset "([^"]{1,100})";/;
const SNIFFED_BYTES = 128;

export interface DecodeStylesheetOptions {
  readonly contentType: string;
  /** The charset of the page or stylesheet that loads it. */
  readonly environment: string;
  readonly signal: AbortSignal;
}

/**
 * Decodes as browsers do: by the byte order mark, the header, `@charset`, the page's charset, else as UTF-8. Rejects
 * with the reason of `signal` when that is aborted.
 */
export async function decodeStylesheet(
  bytes: Uint8Array,
  { contentType, environment, signal }: DecodeStylesheetOptions,
): Promise<DecodedText> {
  const beginning = Buffer.from(bytes.subarray(0, SNIFFED_BYTES)).toString('latin1');
  const rule = CHARSET_RULE.exec(beginning)?.[1];
  // The rule was just read as ASCII, so it cannot be UTF-16.
  const ofRule = rule !== undefined && /^utf-?16/i.test(rule) ? 'utf-8' : rule;
  const labels = [charsetOfHeader(contentType), ofRule, environment];
  return decodeText(bytes, labels, signal);
}
