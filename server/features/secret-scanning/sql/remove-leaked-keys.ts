import type { RequestOrigin } from '../../../auth/request-origin.ts';
import type { Queryable } from '../../../db/pool.ts';

export interface Leak {
  /** SHA-256 of the token that was found, 32 bytes. */
  readonly keyHash: Buffer;
  readonly url: string | null;
  readonly source: string | null;
}

export interface LeakedKeyRow {
  readonly key_hash: Buffer;
  /** Whether this statement removed it; `false` for a key that was no longer in force. */
  readonly is_removed: boolean;
}

/**
 * Removes the keys that were found, writes an audit event for each place, and returns the tokens that are or were keys
 * of this server. It reads that from the state before this statement, where a key is in exactly one of the two tables,
 * so a second report of the same key gets the same answer.
 */
export async function removeLeakedKeys(
  db: Queryable,
  leaks: readonly Leak[],
  origin: RequestOrigin,
): Promise<LeakedKeyRow[]> {
  return db.query<LeakedKeyRow>({
    name: 'remove-leaked-keys',
    text: `
      with leak as (
        select distinct key_hash, url, source
        from unnest($1::bytea[], $2::text[], $3::text[]) as leak (key_hash, url, source)
      ),
      found as (
        select distinct key_hash from leak
      ),
      app as (
        -- Locked first, as the statement that removes an app does, and in one order for all reports.
        select app.id, key.key_hash
        from found
        join api_keys as key using (key_hash)
        join apps as app on app.id = key.app_id
        order by app.id
        for key share of app
      ),
      removed as (
        delete from api_keys as key using app
        where key.app_id = app.id and key.key_hash = app.key_hash
        returning key.app_id, key.key_hash, key.start
      ),
      event as (
        insert into audit_events
          (app_id, action, actor_type, api_key_start, leak_url, leak_source, ip, user_agent)
        select
          removed.app_id, 'api_key.leaked', 'secret_scanning', removed.start, leak.url, leak.source,
          $4::text, $5::text
        from removed
        join leak using (key_hash)
      )
      select key_hash, exists (select from removed where removed.key_hash = found.key_hash) as is_removed
      from found
      where exists (select from api_keys as key where key.key_hash = found.key_hash)
        or exists (select from revoked_keys as revoked where revoked.key_hash = found.key_hash)`,
    values: [
      leaks.map(({ keyHash }) => keyHash),
      leaks.map(({ url }) => url),
      leaks.map(({ source }) => source),
      origin.ip,
      origin.userAgent,
    ],
  });
}
