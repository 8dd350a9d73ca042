import { Parser } from 'htmlparser2';
import { parseHttpUrl } from './page-url.ts';

export type AssetKind = 'image' | 'script' | 'style';

export interface Asset {
  readonly kind: AssetKind;
  readonly url: URL;
}

export interface PageContents {
  readonly links: readonly URL[];
  readonly assets: readonly Asset[];
}

interface Reference {
  readonly kind: AssetKind | 'link';
  readonly href: string;
}

type Attributes = Readonly<Record<string, string>>;

/** Far more than a page is visited for; bounds the work that one made to be heavy can cause. */
const MAX_REFERENCES = 10_000;

const ICON_RELATION = /^(icon|apple-touch-icon|apple-touch-icon-precomposed|mask-icon)$/;

const REFERENCES_OF: ReadonlyMap<string, (attributes: Attributes) => Reference[]> = new Map([
  ['a', ({ href }: Attributes) => refer('link', href)],
  ['area', ({ href }: Attributes) => refer('link', href)],
  ['iframe', ({ src }: Attributes) => refer('link', src)],
  ['frame', ({ src }: Attributes) => refer('link', src)],
  ['meta', referencesOfMeta],
  ['img', ({ src, srcset }: Attributes) => [...refer('image', src), ...referAll(srcset)]],
  ['source', ({ srcset }: Attributes) => referAll(srcset)],
  ['video', ({ poster }: Attributes) => refer('image', poster)],
  ['input', ({ type, src }: Attributes) => (/^image$/i.test(type ?? '') ? refer('image', src) : [])],
  ['script', ({ src }: Attributes) => refer('script', src)],
  ['link', referencesOfLink],
]);

/**
 * The links of a page, and the images, scripts and styles it is made of, each once and in the page's order;
 * http and https only, of any origin. `url` is where the page was found, `<base>` is honoured.
 */
export function parsePage(html: string, url: URL): PageContents {
  const { references, base } = collectReferences(html);
  const baseUrl = (base === null ? null : parseHttpUrl(base, url)) ?? url;
  const links = new Map<string, URL>();
  const assets = new Map<string, Asset>();
  for (const { kind, href } of references) {
    const target = parseHttpUrl(href, baseUrl);
    if (target === null) continue;
    target.hash = '';
    if (kind === 'link') links.set(target.href, target);
    else assets.set(`${kind} ${target.href}`, { kind, url: target });
  }
  return { links: [...links.values()], assets: [...assets.values()] };
}

/** `href`s as written. What `noscript` holds counts: this runner is a browser without scripts. */
function collectReferences(html: string): { references: Reference[]; base: string | null } {
  const references: Reference[] = [];
  let base: string | null = null;
  // What a template holds is not part of the page until a script puts it there, with its blanks filled in.
  let openTemplates = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === 'template') openTemplates += 1;
      if (openTemplates > 0 || references.length >= MAX_REFERENCES) return;
      if (name === 'base') base ??= attributes.href ?? null;
      else references.push(...(REFERENCES_OF.get(name)?.(attributes) ?? []));
    },
    onclosetag(name) {
      if (name === 'template') openTemplates -= 1;
    },
  });
  parser.end(html);
  return { references, base };
}

/** An attribute that is missing or empty refers to nothing. */
function refer(kind: Reference['kind'], href: string | undefined): Reference[] {
  return href === undefined || href.trim() === '' ? [] : [{ kind, href }];
}

function referAll(srcset: string | undefined): Reference[] {
  return parseSrcset(srcset ?? '').flatMap((href) => refer('image', href));
}

/** The URLs of `a.png 1x, b.png 2x`. A comma ends a candidate only after a space, or at the URL's end. */
export function parseSrcset(srcset: string): string[] {
  const candidates = srcset.matchAll(/[\s,]*(\S+)((?:\([^)]*\)|[^,(])*)/g);
  return [...candidates].flatMap(([, url = '', descriptors = '']) =>
    // `a.png, b.png`: the comma that ended the first was taken for a part of its URL, and b for its descriptor.
    url.endsWith(',') ? [url.replace(/,+$/, ''), ...parseSrcset(descriptors)] : [url],
  );
}

function referencesOfLink({ rel, href }: Attributes): Reference[] {
  const relations = (rel ?? '').toLowerCase().split(/\s+/);
  if (relations.includes('stylesheet')) return refer('style', href);
  if (relations.includes('modulepreload')) return refer('script', href);
  return relations.some((relation) => ICON_RELATION.test(relation)) ? refer('image', href) : [];
}

function referencesOfMeta(attributes: Attributes): Reference[] {
  if (!/^refresh$/i.test(attributes['http-equiv'] ?? '')) return [];
  return refer('link', /url\s*=\s*["']?([^"']+)/i.exec(attributes.content ?? '')?.[1]);
}
