import type { Sweep } from '../../db/housekeeping.ts';
import type { Queryable } from '../../db/pool.ts';
import { deleteOldAuditEvents } from './sql/delete-old-audit-events.ts';

/** Removes audit events older than `auditLogDays` (`undefined`: kept for ever). */
export function createAuditSweeps(
  db: Queryable,
  { auditLogDays }: { readonly auditLogDays: number | undefined },
): Sweep[] {
  if (auditLogDays === undefined) {
    return [];
  }
  return [
    {
      what: 'audit events',
      deleteBatch: ({ limit }) => deleteOldAuditEvents(db, { days: auditLogDays, limit }),
    },
  ];
}
