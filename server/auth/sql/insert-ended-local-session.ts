import type { Queryable } from '../../db/pool.ts';

/**
 * Stores that a local session was signed out, until its token expires, and removes the entries whose token has expired.
 */
export async function insertEndedLocalSession(
  db: Queryable,
  session: { readonly id: string; readonly expiresAt: Date },
): Promise<void> {
  await db.query({
    name: 'insert-ended-local-session',
    text: `
      with expired as (delete from ended_local_sessions where expires_at < now())
      insert into ended_local_sessions (session_id, expires_at)
      values ($1::uuid, $2::timestamptz)
      on conflict (session_id) do nothing`,
    values: [session.id, session.expiresAt],
  });
}
