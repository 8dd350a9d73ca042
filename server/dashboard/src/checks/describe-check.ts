import type { Check } from '../../../features/checks/schema.ts';

/** Who triggered the check, in the fewest words. */
export function describeTrigger(check: Pick<Check, 'triggered_by' | 'triggered_by_user'>): string {
  switch (check.triggered_by) {
    case 'api_key':
      return 'CI, by API key';
    case 'schedule':
      return 'Schedule';
    default:
      return check.triggered_by_user?.email ?? 'Somebody, on this dashboard';
  }
}

/** How long the check ran; `null` if it has not started or has not ended. */
export function getDurationMs(check: Pick<Check, 'started_at' | 'finished_at'>): number | null {
  return check.started_at && check.finished_at
    ? Math.max(0, Date.parse(check.finished_at) - Date.parse(check.started_at))
    : null;
}

/** How long the check waited for a runner; `null` while it waits. */
export function getWaitMs({
  created_at,
  started_at,
}: Pick<Check, 'created_at' | 'started_at'>): number | null {
  return started_at ? Math.max(0, Date.parse(started_at) - Date.parse(created_at)) : null;
}

/** `11 of 12 passed`; empty while there is no flow. */
export function formatCounts({ total, passed, skipped }: Check['counts']): string {
  const left = skipped > 0 ? `, ${skipped} skipped` : '';
  return total === 0 ? '' : `${passed} of ${total} passed${left}`;
}
