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
