import type { Config } from '../../config.ts';
import type { Queryable } from '../../db/pool.ts';

/** Stores which targets this server's checks may open, for runners that other machines start. */
export async function storePrivateTargets(
  db: Queryable,
  privateTargets: Config['privateTargets'],
): Promise<void> {
  await db.query({
    name: 'store-private-targets',
    text: `
      insert into server_settings (private_targets)
      values ($1::text)
      on conflict (singleton) do update set private_targets = excluded.private_targets`,
    values: [privateTargets],
  });
}
