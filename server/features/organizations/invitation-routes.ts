import { Router } from 'express';
import { ApiError } from '../../http/errors.ts';
import { parseId } from '../../http/ids.ts';
import { parseInput } from '../../http/parse-input.ts';
import { readJsonObject } from '../../http/read-body.ts';
import { sendRevalidated } from '../../http/send-revalidated.ts';
import { authorizeMember } from './access.ts';
import { toInvitation } from './invitation-row.ts';
import { toMember } from './member-row.ts';
import type { OrganizationRoutesOptions } from './routes.ts';
import { type InvitationAnswer, type InvitationList, invitationInputSchema } from './schema.ts';
import { deleteInvitation } from './sql/delete-invitation.ts';
import { insertInvitation } from './sql/insert-invitation.ts';
import { listInvitations } from './sql/list-invitations.ts';

/** `/api/organizations/ORG/invitations`. */
export function createInvitationRoutes({ db, callers }: OrganizationRoutesOptions): Router {
  const router = Router();

  router.get('/organizations/:organization/invitations', async (req, res) => {
    const { user } = await callers.readSession(req);
    const { organization_id: id } = await authorizeMember(db, user.id, req.params.organization, 'viewer');
    const list: InvitationList = { invitations: (await listInvitations(db, id)).map(toInvitation) };
    sendRevalidated(req, res, list);
  });

  router.post('/organizations/:organization/invitations', async (req, res) => {
    const { user, assertStands } = await callers.readSession(req);
    const authorize = () => authorizeMember(db, user.id, req.params.organization, 'admin');
    const { organization_id: organizationId } = await authorize();
    const input = parseInput(invitationInputSchema, await readJsonObject(req, res));
    // The membership stays after the session ends, so the session must not have ended already.
    await assertStands();
    const outcome = await insertInvitation(db, { organizationId, ...input, actor: user });
    if (!outcome) {
      // Answers 403 if the user lost the role while this ran.
      await authorize();
      throw new ApiError(
        'already_member',
        'This address already belongs to a member. Change the role of the member instead.',
      );
    }
    const at = `/api/organizations/${organizationId}`;
    const answer: InvitationAnswer =
      outcome.kind === 'member'
        ? { member: toMember({ ...outcome, user_id: outcome.id }), invitation: null }
        : {
            member: null,
            invitation: toInvitation({ ...outcome, invited_by: user.id, invited_by_email: user.email }),
          };
    res.status(201).location(`${at}/${outcome.kind}s/${outcome.id}`).json(answer);
  });

  router.delete('/organizations/:organization/invitations/:invitation', async (req, res) => {
    const { user } = await callers.readSession(req);
    const { organization_id: organizationId } = await authorizeMember(
      db,
      user.id,
      req.params.organization,
      'admin',
    );
    if (!(await deleteInvitation(db, { organizationId, invitationId: parseId(req.params.invitation) }))) {
      throw new ApiError(
        'invitation_not_found',
        'There is no such pending invitation. It was accepted or withdrawn, or it has expired.',
      );
    }
    res.status(204).end();
  });

  return router;
}
