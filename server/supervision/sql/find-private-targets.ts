import type { Config } from '../../config.ts';
import type { Queryable } from '../../db/pool.ts';

/** The private targets setting of the server that started last; `undefined` if none has started yet. */
export async function findPrivateTargets(db: Queryable): Promise<Config['privateTargets'] | undefined> {
  const [row] = await db.query<{ private_targets: Config['privateTargets'] }>({
    name: 'find-private-targets',
    text: 'select private_targets from server_settings',
  });
  return row?.private_targets;
}
