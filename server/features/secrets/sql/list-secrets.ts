import type { Queryable } from '../../../db/pool.ts';
import type { Person } from '../../organizations/schema.ts';

export interface SecretRow {
  readonly name: string;
  readonly updated_at: Date;
  readonly updated_by: Person | null;
  readonly used_in: readonly string[];
}

/** What is known of an app's secrets, without their values. */
export async function listSecrets(db: Queryable, appId: string): Promise<SecretRow[]> {
  return db.query<SecretRow>({
    name: 'list-secrets',
    text: `
      select
        secret.name, secret.updated_at,
        case when person.id is not null then json_build_object('id', person.id, 'email', person.email) end
          as updated_by,
        array(
          select path from secret_uses as use
          where use.app_id = secret.app_id and use.name = secret.name
          order by path
        ) as used_in
      from secrets as secret
      left join users as person on person.id = secret.updated_by
      where secret.app_id = $1::uuid
      order by secret.name`,
    values: [appId],
  });
}
