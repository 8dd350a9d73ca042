export type AssetKind =
  | 'image'
  | 'script'
  | 'module'
  | 'style'
  | 'font'
  | 'media'
  | 'manifest'
  | 'object'
  | 'preload';

export interface Reference {
  readonly kind: AssetKind | 'link';
  /** As written. */
  readonly href: string;
}

/** The first of each name, decoded. */
export type Attributes = ReadonlyMap<string, string>;

/** More than real pages have: it limits the work that a hostile page can cause. */
export const MAX_REFERENCES = 5_000;

const ICON_RELATION = /^(icon|apple-touch-icon|apple-touch-icon-precomposed|mask-icon)$/;

const REFERENCES_OF: ReadonlyMap<string, (attributes: Attributes) => Reference[]> = new Map([
  ['a', (attributes: Attributes) => refer('link', attributes.get('href'))],
  ['area', (attributes: Attributes) => refer('link', attributes.get('href'))],
  ['iframe', (attributes: Attributes) => refer('link', attributes.get('src'))],
  ['frame', (attributes: Attributes) => refer('link', attributes.get('src'))],
  ['meta', referencesOfMeta],
  [
    'img',
    (attributes: Attributes) => [
      ...refer('image', attributes.get('src')),
      ...referAll(attributes.get('srcset')),
    ],
  ],
  ['source', (attributes: Attributes) => referAll(attributes.get('srcset'))],
  ['video', (attributes: Attributes) => refer('image', attributes.get('poster'))],
  [
    'input',
    (attributes: Attributes) =>
      /^image$/i.test(attributes.get('type') ?? '') ? refer('image', attributes.get('src')) : [],
  ],
  ['script', (attributes: Attributes) => refer('script', attributes.get('src'))],
  ['link', referencesOfLink],
]);

/** Whether `findReferences` can find any in elements of this name. */
export function mayRefer(element: string): boolean {
  return REFERENCES_OF.has(element);
}

/** What an element refers to, in the order of its attributes in this file. Not more than a page may have, and one. */
export function findReferences(element: string, attributes: Attributes): Reference[] {
  return REFERENCES_OF.get(element)?.(attributes) ?? [];
}

/** A missing or empty attribute refers to nothing. */
function refer(kind: Reference['kind'], href: string | undefined): Reference[] {
  return href === undefined || href.trim() === '' ? [] : [{ kind, href }];
}

function referAll(srcset = ''): Reference[] {
  return parseSrcset(srcset, MAX_REFERENCES + 1).map((href) => ({ kind: 'image', href }));
}

/** A URL, followed by the commas that end it or by its descriptors, which may have commas in brackets. */
const SRCSET_CANDIDATE = /([^\s,](?:\S*[^\s,])?)(?:,+(?=\s|$)|(?:\([^)]*(?:\)|$)|[^,(])*)/g;

/** The first URLs of `a.png 1x, b.png 2x`. A comma within a URL is a part of it. */
export function parseSrcset(srcset: string, limit = Number.POSITIVE_INFINITY): string[] {
  const urls: string[] = [];
  for (const [, url] of srcset.matchAll(SRCSET_CANDIDATE)) {
    if (urls.length >= limit) {
      break;
    }
    urls.push(url ?? '');
  }
  return urls;
}

function referencesOfLink(attributes: Attributes): Reference[] {
  const href = attributes.get('href');
  const relations = (attributes.get('rel') ?? '').toLowerCase().split(/\s+/);
  if (relations.includes('stylesheet')) {
    return refer('style', href);
  }
  if (relations.includes('modulepreload')) {
    return refer('script', href);
  }
  return relations.some((relation) => ICON_RELATION.test(relation)) ? refer('image', href) : [];
}

function referencesOfMeta(attributes: Attributes): Reference[] {
  if (!/^refresh$/i.test(attributes.get('http-equiv') ?? '')) {
    return [];
  }
  return refer('link', /url\s*=\s*["']?([^"']+)/i.exec(attributes.get('content') ?? '')?.[1]);
}
