import { Router } from 'express';
import type { CallerReader } from '../../auth/caller.ts';
import type { Queryable } from '../../db/pool.ts';
import { parseInput } from '../../http/parse-input.ts';
import { readJsonObject } from '../../http/read-body.ts';
import { sendRevalidated } from '../../http/send-revalidated.ts';
import { authorizeMember } from './access.ts';
import { type Me, type Organization, type OrganizationList, organizationInputSchema } from './schema.ts';
import { insertOrganization } from './sql/insert-organization.ts';
import { listMemberships, type MembershipRow } from './sql/list-memberships.ts';
import { updateOrganization } from './sql/update-organization.ts';

export interface OrganizationRoutesOptions {
  readonly db: Queryable;
  readonly callers: CallerReader;
}

/** `/api/me`, `/api/organizations` and `/api/organizations/ORG`: the signed-in user, and the user's organizations. */
export function createOrganizationRoutes({ db, callers }: OrganizationRoutesOptions): Router {
  const router = Router();

  router.get('/me', async (req, res) => {
    const { user } = await callers.readSession(req);
    const memberships = await listMemberships(db, user.id);
    const me: Me = {
      user: { id: user.id, email: user.email },
      organizations: memberships.map(toOrganization),
    };
    sendRevalidated(req, res, me);
  });

  router.get('/organizations', async (req, res) => {
    const { user } = await callers.readSession(req);
    const memberships = await listMemberships(db, user.id);
    const list: OrganizationList = { organizations: memberships.map(toOrganization) };
    sendRevalidated(req, res, list);
  });

  router.post('/organizations', async (req, res) => {
    const { user } = await callers.readSession(req);
    const { name } = parseInput(organizationInputSchema, await readJsonObject(req, res));
    const organization = toOrganization(await insertOrganization(db, { name, userId: user.id }));
    res.status(201).location(`/api/organizations/${organization.id}`).json(organization);
  });

  router.get('/organizations/:organization', async (req, res) => {
    const { user } = await callers.readSession(req);
    const membership = await authorizeMember(db, user.id, req.params.organization, 'viewer');
    sendRevalidated(req, res, toOrganization(membership));
  });

  router.patch('/organizations/:organization', async (req, res) => {
    const { user } = await callers.readSession(req);
    const membership = await authorizeMember(db, user.id, req.params.organization, 'admin');
    const { name } = parseInput(organizationInputSchema, await readJsonObject(req, res));
    await updateOrganization(db, membership.organization_id, name);
    res.json(toOrganization({ ...membership, name }));
  });

  return router;
}

function toOrganization({ organization_id, name, role }: MembershipRow): Organization {
  return { id: organization_id, name, role };
}
