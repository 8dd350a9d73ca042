import type { Conclusion } from '../../../server/features/checks/schema.ts';

/** How a check can end. */
export const CONCLUSIONS = ['success', 'failure', 'error', 'cancelled'] as const satisfies Conclusion[];
