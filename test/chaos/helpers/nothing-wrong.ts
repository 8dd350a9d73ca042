import type { TrailFindings } from './check-trail.ts';

/** The findings and faults that every scenario expects. */
export const NOTHING_WRONG: TrailFindings & { readonly faults: readonly string[] } = {
  lost: [],
  doubled: [],
  endedTwice: [],
  notEnded: [],
  halfWritten: [],
  sameRevision: [],
  faults: [],
};
