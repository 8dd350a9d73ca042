import type { Queryable } from '../../db/pool.ts';

/** Removes claims that `trigger-checks.ts` no longer honours. */
export async function deleteExpiredIdempotencyKeys(db: Queryable): Promise<void> {
  await db.query({
    name: 'delete-expired-idempotency-keys',
    text: `delete from idempotency_keys where created_at < now() - interval '24 hours'`,
  });
}
