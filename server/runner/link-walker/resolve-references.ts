import type { AssetKind, ListedReference } from './reference-list.ts';
import type { TimeSlices } from './time-slices.ts';
import type { UrlResolver } from './url-resolver.ts';

export interface Link {
  /** Absolute, without fragment. */
  readonly href: string;
  /** As written, each once; empty unless they are asked for. */
  readonly fragments: readonly string[];
}

export interface Asset {
  readonly kind: AssetKind;
  /** Absolute, without fragment. Strings take less memory than `URL`s. */
  readonly href: string;
  /** The `integrity` attribute as written; absent when there is none. */
  readonly integrity?: string;
}

export interface ResolveOptions {
  readonly resolver: UrlResolver;
  readonly slices: TimeSlices;
}

/** Makes references absolute, each once and in order. */
export async function resolveReferences(
  references: readonly ListedReference[],
  { resolver, slices }: ResolveOptions,
): Promise<{ readonly links: Link[]; readonly assets: Asset[] }> {
  const links = new Map<string, ReadonlySet<string>>();
  const assets = new Map<string, Asset>();
  for (const reference of references) {
    const ignoresBase = reference.precedesBase && reference.kind !== 'link';
    const href = resolver.resolve(reference.href, { ignoresBase });
    if (href !== null) {
      add(reference, href, { links, assets });
    }
    if (slices.isOver()) {
      await slices.next();
    }
  }
  return {
    links: [...links].map(([href, fragments]) => ({ href, fragments: listFragments(fragments) })),
    assets: withoutRepeatedPreloads([...assets.values()]),
  };
}

/** A preload of what the page loads anyway would be a second failure of the same file. */
function withoutRepeatedPreloads(assets: readonly Asset[]): Asset[] {
  const loaded = new Set(assets.flatMap(({ kind, href }) => (kind === 'preload' ? [] : [href])));
  return assets.filter(({ kind, href }) => kind !== 'preload' || !loaded.has(href));
}

interface Resolved {
  /** The fragments by URL. */
  readonly links: Map<string, ReadonlySet<string>>;
  readonly assets: Map<string, Asset>;
}

function add(
  { kind, integrity, fragments }: ListedReference,
  href: string,
  { links, assets }: Resolved,
): void {
  if (kind !== 'link') {
    const asset = integrity === undefined ? { kind, href } : { kind, href, integrity };
    assets.set(`${kind} ${href} ${integrity ?? ''}`, asset);
    return;
  }
  const known = links.get(href);
  if (known === undefined || known.size === 0) {
    links.set(href, fragments);
  } else if (fragments.size > 0) {
    links.set(href, new Set([...known, ...fragments]));
  }
}

const NO_FRAGMENTS: readonly string[] = [];

/** Most links have none, and pages have many links: they share one list. */
function listFragments(fragments: ReadonlySet<string>): readonly string[] {
  return fragments.size === 0 ? NO_FRAGMENTS : [...fragments];
}
