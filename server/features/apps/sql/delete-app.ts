import type { Queryable } from '../../../db/pool.ts';

/** Removes the app with its key, its checks and its audit log. A worker that runs one of its checks stops. */
export async function deleteApp(db: Queryable, appId: string): Promise<void> {
  await db.query({
    name: 'delete-app',
    text: 'delete from apps where id = $1::uuid',
    values: [appId],
  });
}
