/** Returns the text with `***` in the place of secrets. */
export type Mask = (text: string) => string;

const MASKED = '***';
/** Values that are shorter are words of every text, and would mask what is no secret. */
const SHORTEST = 4;
/** Of a longer form, so many characters are looked up at once. */
const HEAD = 64;

/**
 * Masks the values, also as a URL, JSON, HTML or base64 writes them, the longest first. Its time is linear in the text,
 * however many secrets there are and whatever they are like: a text that begins like a long secret is masked for its first
 * 64 characters and not compared again there.
 */
export function createMask(values: readonly string[]): Mask {
  const forms = new Set(values.flatMap(listForms).filter(({ length }) => length >= SHORTEST));
  const sorted = [...forms].sort((one, other) => other.length - one.length);
  /** The lengths of the heads that begin with these four characters, the longest first. */
  const lengths = new Map<string, Set<number>>();
  const byHead = new Map<string, string[]>();
  for (const form of sorted) {
    const head = form.slice(0, HEAD);
    const start = form.slice(0, SHORTEST);
    lengths.set(start, (lengths.get(start) ?? new Set()).add(head.length));
    byHead.set(head, [...(byHead.get(head) ?? []), form]);
  }

  /** How many characters to mask at this place. */
  function measure(text: string, at: number): number {
    for (const length of lengths.get(text.slice(at, at + SHORTEST)) ?? []) {
      const found = byHead.get(text.slice(at, at + length));
      if (found) {
        return found.find((form) => text.startsWith(form, at))?.length ?? length;
      }
    }
    return 0;
  }

  return (text) => {
    const parts: string[] = [];
    let shownTo = 0;
    for (let at = 0; at + SHORTEST <= text.length; ) {
      const length = measure(text, at);
      if (length > 0) {
        parts.push(text.slice(shownTo, at), MASKED);
        shownTo = at + length;
      }
      at += Math.max(length, 1);
    }
    return parts.join('') + text.slice(shownTo);
  };
}

/** How a value may be written in a text. */
function listForms(value: string): string[] {
  const trimmed = value.trim();
  if (trimmed.length < SHORTEST) {
    return [];
  }
  // Messages show one line of a text.
  const lines = trimmed.split(/[\r\n]+/).map((line) => line.trim());
  const plain = [...new Set([value, trimmed, ...lines])];
  return [...plain, ...plain.flatMap(listEncodedForms)];
}

function listEncodedForms(value: string): string[] {
  const base64 = Buffer.from(value).toString('base64');
  return [
    ...listUrlForms(value),
    JSON.stringify(value).slice(1, -1),
    value.replace(/[&<>"']/g, (character) => HTML_ESCAPES[character] ?? character),
    base64,
    base64.replace(/=+$/, ''),
    Buffer.from(value).toString('base64url'),
  ];
}

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** As scripts, forms and browsers encode it in a URL. */
function listUrlForms(value: string): string[] {
  const url = new URL('http://localhost/');
  url.pathname = value;
  url.search = value;
  const encoded = [
    encodeURIComponent(value),
    new URLSearchParams([['', value]]).toString().slice(1),
    url.pathname.slice(1),
    url.search.slice(1),
  ];
  const toLowerCase = (form: string) => form.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase());
  return [...encoded, ...encoded.map(toLowerCase)];
}
