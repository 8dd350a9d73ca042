import { type CheckSettings, DEFAULT_EXCLUDE } from '../../contract.ts';
import { createUrlPatterns } from './url-patterns.ts';

/** Why a page of the app's own is not opened. */
export type Refusal =
  /** It looks like a log-out or a delete link. */
  'excluded by default' | 'excluded' | 'not included';

/** Decides which pages of the app's own may be opened. `null`: this one may. */
export interface PageRules {
  refuse(href: string): Refusal | null;
  /** A redirect may lead out of what is included: the page that was asked for is. */
  refuseRedirect(href: string): Exclude<Refusal, 'not included'> | null;
}

export function createPageRules({ include, exclude }: Pick<CheckSettings, 'include' | 'exclude'>): PageRules {
  const included = include === undefined || include.length === 0 ? null : createUrlPatterns(include);
  const excluded = createUrlPatterns(exclude ?? DEFAULT_EXCLUDE);
  const refusal = exclude === undefined ? 'excluded by default' : 'excluded';
  const refuseRedirect: PageRules['refuseRedirect'] = (href) => (excluded.matches(href) ? refusal : null);
  return {
    refuse(href) {
      const isIncluded = included === null || included.matches(href);
      return refuseRedirect(href) ?? (isIncluded ? null : 'not included');
    },
    refuseRedirect,
  };
}
