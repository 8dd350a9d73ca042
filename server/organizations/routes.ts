import { Router } from 'express';
import type { CallerReader } from '../auth/caller.ts';
import type { Queryable } from '../db/pool.ts';
import type { Me } from './schema.ts';
import { listMemberships } from './sql/list-memberships.ts';

export interface OrganizationRoutesOptions {
  readonly db: Queryable;
  readonly callers: CallerReader;
}

/** `/api/me`: who is signed in, and what they belong to. */
export function createOrganizationRoutes({ db, callers }: OrganizationRoutesOptions): Router {
  const router = Router();

  router.get('/me', async (req, res) => {
    const { user } = await callers.readSession(req);
    const memberships = await listMemberships(db, user.id);
    const me: Me = {
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
