import { charsetOfHeader, decodeText } from './decode-text.ts';

const SNIFFED_BYTES = 1024;
const COMMENT = /<!--(?:>|->|[\s\S]*?(?:-->|$))/g;
const META = /<meta[\s/]((?:"[^"]*"|'[^']*'|[^>"'])*)/gi;
const ATTRIBUTE = /([^\s=/>]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))/g;
const CHARSET_IN_CONTENT = /charset\s*=\s*["']?\s*([^\s"';]+)/i;
const CHARSET_IN_XML = /^<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]+)/;

/** Whether a response of this type is HTML. A response without a type is taken as HTML. */
export function isHtml(contentType: string): boolean {
  return contentType === '' || /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(contentType);
}

/**
 * Decodes as browsers do: by the byte order mark, else by the charset of the header, else by that of a `meta` element
 * near the beginning, else by that of an XML declaration; but a page that names none is taken as UTF-8. Rejects with
 * the reason of `signal` when that is aborted.
 */
export async function decodeHtml(
  bytes: Uint8Array,
  contentType: string,
  signal: AbortSignal,
): Promise<{ readonly html: string; readonly charset: string }> {
  const beginning = Buffer.from(bytes.subarray(0, SNIFFED_BYTES)).toString('latin1');
  const labels = [charsetOfHeader(contentType), ...labelsOfMeta(beginning), charsetOfXml(beginning)];
  const { text, charset } = await decodeText(bytes, labels, signal);
  return { html: text, charset };
}

/** Of all `meta` elements: when the first names a charset that does not exist, the next one counts. */
function labelsOfMeta(beginning: string): string[] {
  return [...beginning.replace(COMMENT, '').matchAll(META)].flatMap(([, attributes = '']) => {
    const values = new Map<string, string>();
    for (const [, name = '', double, single, bare] of attributes.matchAll(ATTRIBUTE)) {
      values.set(name.toLowerCase(), double ?? single ?? bare ?? '');
    }
    const isContentType = /^\s*content-type\s*$/i.test(values.get('http-equiv') ?? '');
    const inContent = isContentType ? CHARSET_IN_CONTENT.exec(values.get('content') ?? '')?.[1] : undefined;
    const label = values.get('charset') ?? inContent;
    return label === undefined ? [] : [withoutUtf16(label)];
  });
}

function charsetOfXml(beginning: string): string | undefined {
  const label = CHARSET_IN_XML.exec(beginning)?.[1];
  return label === undefined ? undefined : withoutUtf16(label);
}

/** What was just read as ASCII cannot be UTF-16. */
function withoutUtf16(label: string): string {
  if (/^\s*(utf-?16([lb]e)?|unicode(fffe|feff)?|ucs-2|(csunicode|iso-10646-ucs-2))\s*$/i.test(label)) {
    return 'utf-8';
  }
  return /^\s*x-user-defined\s*$/i.test(label) ? 'windows-1252' : label;
}
