import type { Queryable } from '../../db/pool.ts';

/** Whether a local session was signed out. */
export async function localSessionEnded(db: Queryable, sessionId: string): Promise<boolean> {
  const rows = await db.query({
    name: 'local-session-ended',
    text: 'select from ended_local_sessions where session_id = $1::uuid',
    values: [sessionId],
  });
  return rows.length > 0;
}
