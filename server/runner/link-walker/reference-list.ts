import { isTooLong } from './page-url.ts';

/** What a reference is loaded as, which decides what its answer must be. */
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
  /** The `integrity` attribute as written; absent when there is none. */
  readonly integrity?: string;
}

/** More than real pages and stylesheets have: it limits the work that a hostile one can cause. */
export const MAX_REFERENCES = 5_000;

/** Fragments are looked for on other pages, so they are kept for the whole walk. */
const MAX_FRAGMENT_CHARACTERS = 500;

export interface ListedReference extends Reference {
  /** Those of a link, as written, each once; empty unless they are asked for. */
  readonly fragments: ReadonlySet<string>;
  /** Whether it was added before `hasBase` was set. */
  readonly precedesBase: boolean;
}

/** It may still get fragments. */
interface OpenReference extends ListedReference {
  readonly fragments: Set<string>;
}

/** Shared by all references while fragments are not kept. */
const NO_FRAGMENTS = new Set<string>();

export interface ReferenceListOptions {
  /** Whether the fragments of links are kept. */
  readonly fragments?: boolean;
}

/** The references of one page or stylesheet, each once and without fragment, as many as one may have. */
export class ReferenceList {
  /** How many were left out because they are too long, or too many. */
  leftOut = 0;
  /** Whether the page's `<base>` has been read: a browser loads what comes before it without it. */
  hasBase = false;
  readonly #byId = new Map<string, OpenReference>();
  readonly #keepsFragments: boolean;
  #fragments = 0;

  constructor({ fragments = false }: ReferenceListOptions = {}) {
    this.#keepsFragments = fragments;
  }

  /** In the order in which they were added. */
  get references(): readonly ListedReference[] {
    return [...this.#byId.values()];
  }

  /** Adds a reference. Ignores `data:`, `mailto:` and other URLs that are not opened. */
  add(reference: Reference): void {
    const { kind, href: written, integrity } = reference;
    const at = written.indexOf('#');
    const href = at === -1 ? written : written.slice(0, at);
    // An asset that is only a fragment is a part of the page itself, as `url(#gradient)` is.
    if (isOtherScheme(href) || (kind !== 'link' && href.trim() === '')) {
      return;
    }
    // Most references are links without more. As they stand they are told from the others, which have a space.
    const id = kind === 'link' && !href.includes(' ') ? href : `${kind} ${href} ${integrity ?? ''}`;
    const listed = this.#byId.get(id) ?? this.#list(id, at === -1 ? reference : { ...reference, href });
    if (listed !== null && kind === 'link' && at !== -1) {
      this.#addFragment(listed, written.slice(at + 1));
    }
  }

  #list(id: string, reference: Reference): OpenReference | null {
    if (isTooLong(reference.href) || this.#byId.size >= MAX_REFERENCES) {
      this.leftOut += 1;
      return null;
    }
    const fragments = this.#keepsFragments ? new Set<string>() : NO_FRAGMENTS;
    const { kind, href, integrity } = reference;
    const precedesBase = !this.hasBase;
    const listed =
      integrity === undefined
        ? { kind, href, fragments, precedesBase }
        : { kind, href, integrity, fragments, precedesBase };
    this.#byId.set(id, listed);
    return listed;
  }

  #addFragment({ fragments }: OpenReference, fragment: string): void {
    if (!this.#keepsFragments || fragments.has(fragment)) {
      return;
    }
    if (fragment.length > MAX_FRAGMENT_CHARACTERS || this.#fragments >= MAX_REFERENCES) {
      this.leftOut += 1;
      return;
    }
    this.#fragments += 1;
    fragments.add(fragment);
  }
}

/** `data:`, `mailto:` and the like, which are not opened. */
function isOtherScheme(href: string): boolean {
  // Most paths need no more than this.
  if (href.startsWith('/')) {
    return false;
  }
  return /^[\0-\x20]*(?!https?:)[a-z][a-z\d+.-]*:/i.test(href);
}
