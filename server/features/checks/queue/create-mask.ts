/** Returns the text with `***` in the place of secrets. */
export type Mask = (text: string) => string;

const MASKED = '***';
/** Shorter values occur in every text, so masking them would hide other text. */
const SHORTEST = 4;
/** Forms are looked up in pieces of this length, so that equal beginnings are compared once. */
const PIECE = 64;

/** The pieces that may follow a piece. The last piece of a form may be shorter. */
interface Piece {
  readonly next: Map<string, Piece>;
  /** The lengths of the next pieces, the longest first. */
  lengths: readonly number[];
}

/**
 * Masks the values, also as a URL, JSON, HTML or base64 writes them, the longest first. Its time is linear in the text,
 * for any number and kind of secrets. For that, a text that begins like a long secret is masked as
 * far as the two agree, in pieces of 64 characters.
 */
export function createMask(values: readonly string[]): Mask {
  const first: Piece = { next: new Map(), lengths: [] };
  /** Spares most places of a text the look-ups: the lengths of the first pieces that begin with these characters. */
  const lengthsByStart = new Map<string, readonly number[]>();
  for (const form of new Set(values.flatMap(listForms).filter(({ length }) => length >= SHORTEST))) {
    addForm(first, form);
    const start = form.slice(0, SHORTEST);
    lengthsByStart.set(start, addLength(lengthsByStart.get(start), Math.min(form.length, PIECE)));
  }

  /** How many characters to mask at this place. */
  function measure(text: string, at: number): number {
    let length = 0;
    let piece: Piece | undefined = first;
    let lengths = lengthsByStart.get(text.slice(at, at + SHORTEST));
    while (piece !== undefined && lengths !== undefined) {
      const { next }: Piece = piece;
      const from = at + length;
      const found: number | undefined = lengths.find((size) => next.has(text.slice(from, from + size)));
      piece = found === undefined ? undefined : next.get(text.slice(from, from + found));
      lengths = piece?.lengths;
      length += found ?? 0;
    }
    return length;
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

function addForm(first: Piece, form: string): void {
  let piece = first;
  for (let at = 0; at < form.length; at += PIECE) {
    const text = form.slice(at, at + PIECE);
    const next = piece.next.get(text) ?? { next: new Map(), lengths: [] };
    piece.next.set(text, next);
    piece.lengths = addLength(piece.lengths, text.length);
    piece = next;
  }
}

function addLength(lengths: readonly number[] = [], length: number): readonly number[] {
  return [...new Set([...lengths, length])].sort((one, other) => other - one);
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
