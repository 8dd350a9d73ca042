import type { Queryable } from '../../../db/pool.ts';

/** Renames the organization. */
export async function updateOrganization(db: Queryable, organizationId: string, name: string): Promise<void> {
  await db.query({
    name: 'update-organization',
    text: 'update organizations set name = $2::text where id = $1::uuid',
    values: [organizationId, name],
  });
}
