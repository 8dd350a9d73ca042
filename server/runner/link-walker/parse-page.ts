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

/** More than real pages have, and longer than servers accept: they limit the work that a hostile page can cause. */
const MAX_REFERENCES = 5_000;
const MAX_HREF_CHARACTERS = 8_000;
const MAX_SRCSET_CHARACTERS = 250_000;

/** The parser's time grows with the square of the nesting: a minute for 2 MB of `<div>`. Browsers stop at 512. */
const MAX_NESTING = 2_000;

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
 * Finds the links of a page and its images, scripts and styles, each once and in the page's order: http and https
 * only, of any origin. They are relative to `<base>` where there is one, else to `url`, where the page was found.
 */
export function parsePage(html: string, url: URL): PageContents {
  const { references, base } = collectReferences(html);
  const baseUrl = (base === null ? null : parseHttpUrl(base, url)) ?? url;
  const links = new Map<string, URL>();
  const assets = new Map<string, Asset>();
  for (const { kind, href } of references) {
    const target = parseHttpUrl(href, baseUrl);
    if (target === null) {
      continue;
    }
    target.hash = '';
    if (kind === 'link') {
      links.set(target.href, target);
    } else {
      assets.set(`${kind} ${target.href}`, { kind, url: target });
    }
  }
  return { links: [...links.values()], assets: [...assets.values()] };
}

/** Collects `href`s as written, also those within `noscript`: this runner runs no scripts. */
function collectReferences(html: string): { references: Reference[]; base: string | null } {
  const references: Reference[] = [];
  let base: string | null = null;
  // The content of a template is not part of the page until a script fills it in.
  let openTemplates = 0;
  let nesting = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      nesting += 1;
      // The parser is never resumed, so it ignores the rest of the page.
      if (nesting > MAX_NESTING) {
        parser.pause();
      }
      if (name === 'template') {
        openTemplates += 1;
      }
      if (openTemplates > 0 || references.length >= MAX_REFERENCES) {
        return;
      }
      if (name === 'base') {
        base ??= isUsable(attributes.href) ? attributes.href : null;
      }
      // One by one: a `srcset` may hold more URLs than a call can have arguments.
      for (const reference of REFERENCES_OF.get(name)?.(attributes) ?? []) {
        references.push(reference);
      }
    },
    onclosetag(name) {
      nesting -= 1;
      if (name === 'template') {
        openTemplates -= 1;
      }
    },
  });
  parser.end(html);
  return { references, base };
}

/** A missing or empty attribute refers to nothing. */
function refer(kind: Reference['kind'], href: string | undefined): Reference[] {
  return isUsable(href) ? [{ kind, href }] : [];
}

function isUsable(href: string | undefined): href is string {
  return href !== undefined && href.length <= MAX_HREF_CHARACTERS && href.trim() !== '';
}

function referAll(srcset: string | undefined): Reference[] {
  if (srcset === undefined || srcset.length > MAX_SRCSET_CHARACTERS) {
    return [];
  }
  return parseSrcset(srcset).flatMap((href) => refer('image', href));
}

/** A URL, followed by the commas that end it or by its descriptors, which may have commas in brackets. */
const SRCSET_CANDIDATE = /([^\s,](?:\S*[^\s,])?)(?:,+(?=\s|$)|(?:\([^)]*(?:\)|$)|[^,(])*)/g;

/** The URLs of `a.png 1x, b.png 2x`. A comma within a URL is a part of it. */
export function parseSrcset(srcset: string): string[] {
  return [...srcset.matchAll(SRCSET_CANDIDATE)].flatMap(([, url]) => url ?? []);
}

function referencesOfLink({ rel, href }: Attributes): Reference[] {
  const relations = (rel ?? '').toLowerCase().split(/\s+/);
  if (relations.includes('stylesheet')) {
    return refer('style', href);
  }
  if (relations.includes('modulepreload')) {
    return refer('script', href);
  }
  return relations.some((relation) => ICON_RELATION.test(relation)) ? refer('image', href) : [];
}

function referencesOfMeta(attributes: Attributes): Reference[] {
  if (!/^refresh$/i.test(attributes['http-equiv'] ?? '')) {
    return [];
  }
  return refer('link', /url\s*=\s*["']?([^"']+)/i.exec(attributes.content ?? '')?.[1]);
}
