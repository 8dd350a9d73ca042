/** Limits of one walk. Times are in milliseconds, sizes in bytes of the decoded body. */
export interface WalkLimits {
  /** At most this many pages are opened, the app's own URL included. */
  readonly pages: number;
  /** At most this many links lead from the app's own URL to a page. */
  readonly depth: number;
  readonly pagesAtOnce: number;
  /** For all pages of the walk together, in addition to the pages themselves. */
  readonly assetsAtOnce: number;
  /** From a page's first request to its last asset. */
  readonly pageMs: number;
  readonly totalMs: number;
  /** Of a page; the rest is not read. */
  readonly pageBytes: number;
  /** Of an asset; the rest is not read. */
  readonly assetBytes: number;
  readonly redirects: number;
}

export const DEFAULT_LIMITS: WalkLimits = {
  pages: 5_000,
  depth: Number.POSITIVE_INFINITY,
  pagesAtOnce: 8,
  assetsAtOnce: 8,
  pageMs: 30_000,
  totalMs: 600_000,
  pageBytes: 2 * 1024 * 1024,
  assetBytes: 10 * 1024 * 1024,
  redirects: 10,
};

/** The limits of a walk: those that are given, and the defaults. A page never has more time than the whole walk. */
export function fillLimits(given: Partial<WalkLimits> = {}): WalkLimits {
  const limits = { ...DEFAULT_LIMITS, ...given };
  return { ...limits, pageMs: Math.min(limits.pageMs, limits.totalMs) };
}
