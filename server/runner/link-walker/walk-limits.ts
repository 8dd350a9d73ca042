/** What bounds one walk. Times are in milliseconds, sizes in bytes of the decoded body. */
export interface WalkLimits {
  /** Pages opened at most, the app's own URL included. */
  readonly pages: number;
  /** Links followed at most from the app's own URL to a page. */
  readonly depth: number;
  readonly pagesAtOnce: number;
  /** For all pages of the walk together, beside the pages themselves. */
  readonly assetsAtOnce: number;
  /** From a page's first request to its last asset. */
  readonly pageMs: number;
  readonly totalMs: number;
  /** Of a page; what comes after is not read. */
  readonly pageBytes: number;
  readonly redirects: number;
}

export const DEFAULT_LIMITS: WalkLimits = {
  pages: 50,
  depth: 3,
  pagesAtOnce: 4,
  assetsAtOnce: 6,
  pageMs: 10_000,
  totalMs: 60_000,
  pageBytes: 2 * 1024 * 1024,
  redirects: 10,
};
