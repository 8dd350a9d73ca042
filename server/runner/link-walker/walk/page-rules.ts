import { type CheckSettings, DEFAULT_EXCLUDE } from '../../contract.ts';
import { createUrlPatterns } from './url-patterns.ts';

/** Why a page of the app's own is not opened. */
export type Refusal =
  /** It looks like a log-out or a delete link. */
  'excluded by default' | 'excluded' | 'not included';

/** Decides which pages of the app's own may be opened. `null`: this one may. */
export type PageRules = (href: string) => Refusal | null;

export function createPageRules({ include, exclude }: Pick<CheckSettings, 'include' | 'exclude'>): PageRules {
  const included = include === undefined || include.length === 0 ? null : createUrlPatterns(include);
  const excluded = createUrlPatterns(exclude ?? DEFAULT_EXCLUDE);
  const refusal = exclude === undefined ? 'excluded by default' : 'excluded';
  return (href) => {
    if (excluded.matches(href)) {
      return refusal;
    }
    return included === null || included.matches(href) ? null : 'not included';
  };
}
