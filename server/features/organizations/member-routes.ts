import { Router } from 'express';
import { ApiError } from '../../http/errors.ts';
import { parseId } from '../../http/ids.ts';
import { parseInput } from '../../http/parse-input.ts';
import { readJsonObject } from '../../http/read-body.ts';
import { sendRevalidated } from '../../http/send-revalidated.ts';
import { authorizeMember } from './access.ts';
import { toMember } from './member-row.ts';
import type { OrganizationRoutesOptions } from './routes.ts';
import { type MemberList, memberInputSchema } from './schema.ts';
import { deleteMember } from './sql/delete-member.ts';
import { listMembers } from './sql/list-members.ts';
import { updateMemberRole } from './sql/update-member-role.ts';

/** `/api/organizations/ORG/members`. */
export function createMemberRoutes({ db, callers }: OrganizationRoutesOptions): Router {
  const router = Router();

  router.get('/organizations/:organization/members', async (req, res) => {
    const { user } = await callers.readSession(req);
    const { organization_id: id } = await authorizeMember(db, user.id, req.params.organization, 'viewer');
    const list: MemberList = { members: (await listMembers(db, id)).map(toMember) };
    sendRevalidated(req, res, list);
  });

  router.patch('/organizations/:organization/members/:user', async (req, res) => {
    const { user, assertStands } = await callers.readSession(req);
    const authorize = () => authorizeMember(db, user.id, req.params.organization, 'admin');
    const { organization_id: organizationId } = await authorize();
    const { role } = parseInput(memberInputSchema, await readJsonObject(req, res));
    // The role stays after the session ends, so the session must not have ended already.
    await assertStands();
    const { member, hasOtherAdmin } = await updateMemberRole(db, {
      organizationId,
      userId: parseId(req.params.user),
      role,
      actorId: user.id,
    });
    if (!member) {
      // Answers 403 if the user lost the role while this ran.
      await authorize();
      throw createUnchangedError(hasOtherAdmin);
    }
    res.json(toMember(member));
  });

  router.delete('/organizations/:organization/members/:user', async (req, res) => {
    const { user } = await callers.readSession(req);
    const userId = parseId(req.params.user);
    // Every member may leave.
    const role = userId === user.id ? 'viewer' : 'admin';
    const authorize = () => authorizeMember(db, user.id, req.params.organization, role);
    const { organization_id: organizationId } = await authorize();
    const { isRemoved, hasOtherAdmin } = await deleteMember(db, { organizationId, userId, actorId: user.id });
    if (!isRemoved) {
      await authorize();
      throw createUnchangedError(hasOtherAdmin);
    }
    res.status(204).end();
  });

  return router;
}

/** The error of a permitted change that changed nothing. Without another admin, the member is the last admin. */
function createUnchangedError(hasOtherAdmin: boolean): ApiError {
  return hasOtherAdmin
    ? new ApiError('member_not_found', 'This organization has no such member. Check the id.')
    : new ApiError(
        'last_admin',
        'This is the last admin, and an organization needs one. Make another member an admin first.',
      );
}
