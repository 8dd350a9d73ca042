import type { TrailFindings } from './check-trail.ts';

/** What every scenario expects of its findings and of its load. */
export const NOTHING_WRONG: TrailFindings & { readonly faults: readonly string[] } = {
  lost: [],
  doubled: [],
  endedTwice: [],
  notEnded: [],
  halfWritten: [],
  sameRevision: [],
  faults: [],
};
