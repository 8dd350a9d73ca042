import { Router } from 'express';
import { z } from 'zod';
import type { CallerReader } from '../auth/caller.ts';
import type { Queryable } from '../db/pool.ts';
import { listMemberships } from './sql/list-memberships.ts';

export interface OrganizationRoutesOptions {
  readonly db: Queryable;
  readonly callers: CallerReader;
}

export const meSchema = z
  .object({
    user: z.object({ id: z.uuid(), email: z.string() }),
    organizations: z.array(
      z.object({ id: z.uuid(), name: z.string(), role: z.enum(['admin', 'member', 'viewer']) }),
    ),
  })
  .meta({ id: 'Me' });

/** `/api/me`: who is signed in, and what they belong to. */
export function createOrganizationRoutes({ db, callers }: OrganizationRoutesOptions): Router {
  const router = Router();

  router.get('/me', async (req, res) => {
    const { user } = await callers.readSession(req);
    const memberships = await listMemberships(db, user.id);
    const me: z.infer<typeof meSchema> = {
      user: { id: user.id, email: user.email },
      organizations: memberships.map(({ organization_id, name, role }) => ({
        id: organization_id,
        name,
        role,
      })),
    };
    res.json(me);
  });

  return router;
}
