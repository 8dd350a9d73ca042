import type { JWK } from 'jose';
import { type Queryable, takeRow } from '../../db/pool.ts';

interface LocalIssuerRow {
  readonly user_id: string;
  readonly private_jwk: JWK;
}

interface LocalIssuerKey {
  readonly userId: string;
  readonly privateJwk: JWK;
}

/**
 * Stores `offered` unless an issuer is stored already, and resolves with the stored one: the first instance decides.
 */
export async function upsertLocalIssuer(db: Queryable, offered: LocalIssuerKey): Promise<LocalIssuerKey> {
  const rows = await db.query<LocalIssuerRow>({
    name: 'upsert-local-issuer',
    text: `
      insert into local_issuer as kept (user_id, private_jwk)
      values ($1::uuid, $2::jsonb)
      on conflict (singleton) do update set user_id = kept.user_id
      returning user_id, private_jwk`,
    values: [offered.userId, JSON.stringify(offered.privateJwk)],
  });
  const row = takeRow(rows);
  return { userId: row.user_id, privateJwk: row.private_jwk };
}
