import type { Conclusion } from '../../../server/features/checks/schema.ts';

/** How a check can end. */
export const CONCLUSIONS = ['success', 'failure', 'error', 'cancelled'] as const satisfies Conclusion[];

/** What `fail-on` can name: how a check ends, or that it stopped at a limit that nobody chose. */
export const FAIL_CONDITIONS = [...CONCLUSIONS, 'incomplete'] as const;

export type FailCondition = (typeof FAIL_CONDITIONS)[number];
