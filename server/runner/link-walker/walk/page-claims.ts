import type { OwnLink } from '../choose-links.ts';
import { keyOf, withoutNoise } from '../page-url.ts';
import type { WalkLimits } from '../walk-limits.ts';
import type { PageRules, Refusal } from './page-rules.ts';

/** A page that the walk opens. Strings take less memory than `URL`s. */
export interface ClaimedPage {
  readonly href: string;
  /** The first page that linked to it; `null` for the app's own URL. */
  readonly linkedFrom: string | null;
  /** How many links lead to it from the app's own URL. */
  readonly depth: number;
}

/** What a page leads to. */
export interface Found {
  readonly links: readonly OwnLink[];
  /** The page's URL after redirects; `null` when there was no page. */
  readonly arrivedAt: URL | null;
}

/** Why a page that is known was not claimed. */
type Reason = Refusal | 'too many pages' | 'too deep';

export interface PageClaims {
  /** All pages so far, in the order in which they were claimed; the app's own URL is the first. */
  readonly pages: readonly ClaimedPage[];
  /** The keys of pages that need not be linked to again: they are claimed or left out. It only grows. */
  readonly decided: ReadonlySet<string>;
  /**
   * Claims the pages that an opened page links to, as many as there is room for. Call it in the order of `pages`: then
   * the same pages are claimed, whichever answers first.
   */
  claim(page: ClaimedPage, found: Found): void;
  /** Whether a URL that a page redirects to must be left alone. */
  isExcluded(url: URL): boolean;
  /** A page redirected to a URL that must be left alone. */
  leaveOutRedirect(url: URL): void;
  /** Whether there is any page but the app's own URL. */
  hasOthers(): boolean;
  /** How many pages that are known were not claimed. */
  countLeftOut(reason: 'too many pages' | 'too deep'): number;
}

export interface PageClaimsOptions {
  readonly home: string;
  readonly limits: Pick<WalkLimits, 'pages' | 'depth'>;
  readonly rules: PageRules;
  /** Called once for each page that the rules refuse. */
  readonly onRefused: (refusal: Refusal, href: string) => void;
}

/** Pages that are left out are counted up to this number, since each one is remembered. */
export const MOST_LEFT_OUT = 100_000;

export function createPageClaims({ home, limits, rules, onRefused }: PageClaimsOptions): PageClaims {
  const pages: ClaimedPage[] = [{ href: withoutNoise(home), linkedFrom: null, depth: 0 }];
  const decided = new Set([keyOf(home)]);
  const leftOut = { 'too many pages': 0, 'too deep': 0 };
  let remembered = 0;

  function leaveOut(href: string, reason: Reason): void {
    remembered += 1;
    if (reason === 'too many pages' || reason === 'too deep') {
      leftOut[reason] += 1;
    } else {
      onRefused(reason, href);
    }
  }

  function decide(href: string, depth: number): Reason | null {
    const refusal = rules.refuse(withoutNoise(href));
    if (refusal !== null) {
      return refusal;
    }
    if (depth > limits.depth) {
      return 'too deep';
    }
    return pages.length >= limits.pages ? 'too many pages' : null;
  }

  return {
    pages,
    decided,
    claim({ href: linkedFrom, depth: from }, { arrivedAt, links }) {
      // A page that a redirect led to was visited, so do not open it again under its own URL.
      if (arrivedAt !== null) {
        decided.add(keyOf(arrivedAt.href));
      }
      const depth = from + 1;
      for (const { href, key } of links) {
        if (decided.has(key)) {
          continue;
        }
        const reason = decide(href, depth);
        if (reason === null) {
          pages.push({ href: withoutNoise(href), linkedFrom, depth });
        } else if (remembered < MOST_LEFT_OUT) {
          leaveOut(href, reason);
        } else {
          continue;
        }
        decided.add(key);
      }
    },
    isExcluded: ({ href }) => rules.refuseRedirect(withoutNoise(href)) !== null,
    leaveOutRedirect({ href }) {
      const refusal = rules.refuseRedirect(withoutNoise(href));
      const key = keyOf(href);
      if (refusal !== null && !decided.has(key) && remembered < MOST_LEFT_OUT) {
        leaveOut(href, refusal);
        decided.add(key);
      }
    },
    hasOthers: () => pages.length + remembered > 1,
    countLeftOut: (reason) => leftOut[reason],
  };
}
