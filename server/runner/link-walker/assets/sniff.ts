/** What the first bytes of a file show that it is. */
export type Sniffed = 'empty' | 'html' | 'svg' | 'image' | 'font' | 'other';

/** Enough for a doctype behind a comment. */
export const SNIFFED_BYTES = 4096;

interface Signature {
  readonly text: string;
  readonly at?: number;
}

/** As Latin-1 text. */
const IMAGES: readonly Signature[] = [
  { text: '\x89PNG\r\n\x1a\n' },
  { text: '\xff\xd8\xff' },
  { text: 'GIF8' },
  { text: 'WEBP', at: 8 },
  { text: 'BM' },
  { text: '\0\0\x01\0' },
  { text: '\0\0\x02\0' },
  // AVIF and HEIC.
  { text: 'ftyp', at: 4 },
  // JPEG XL, bare and in its container.
  { text: '\xff\x0a' },
  { text: 'JXL ', at: 4 },
  { text: 'II*\0' },
  { text: 'MM\0*' },
];
const FONTS: readonly Signature[] = ['wOFF', 'wOF2', 'OTTO', 'true', 'ttcf', '\0\x01\0\0'].map((text) => ({
  text,
}));
const BEFORE_MARKUP = /^(?:\xef\xbb\xbf)?(?:\s+|<!--[\s\S]*?-->|<\?xml[^>]*>)*/;
const HTML = /^<(!doctype\s+html|html|head|body|title|meta|script|link|div|h1|p|iframe|table|a|br)\b/i;
const SVG = /^<(\w{1,20}:)?svg\b/i;
const SVG_DOCTYPE = /^<!doctype\s+svg\b/i;

/** `bytes` are the first of the file, decompressed. */
export function sniff(bytes: Uint8Array): Sniffed {
  if (bytes.length === 0) {
    return 'empty';
  }
  const text = Buffer.from(bytes.subarray(0, SNIFFED_BYTES)).toString('latin1');
  if (hasSignature(text, IMAGES)) {
    return 'image';
  }
  if (hasSignature(text, FONTS)) {
    return 'font';
  }
  const markup = text.replace(BEFORE_MARKUP, '');
  if (SVG.test(markup) || SVG_DOCTYPE.test(markup)) {
    return 'svg';
  }
  return HTML.test(markup) ? 'html' : 'other';
}

function hasSignature(bytes: string, signatures: readonly Signature[]): boolean {
  return signatures.some(({ text, at = 0 }) => bytes.startsWith(text, at));
}
