import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type RefObject, useRef } from 'react';
import type { Invitation, Organization } from '../../../features/organizations/schema.ts';
import { call, Problem } from '../api/client.ts';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { Day } from '../ui/time.tsx';
import { formatRole } from './format-role.ts';
import { InviteForm } from './invite-form.tsx';
import { invitationsQuery, organizationPath } from './queries.ts';

interface InvitationsProps {
  readonly organization: Organization;
}

/** People who are invited and have not signed in yet. Admins invite people and withdraw invitations. */
export function Invitations({ organization }: InvitationsProps) {
  const list = useQuery(invitationsQuery(organization.id));
  const heading = useRef<HTMLHeadingElement>(null);
  const isAdmin = organization.role === 'admin';
  const invitations = list.data?.invitations ?? [];
  return (
    <section className="section" aria-labelledby="invitations">
      <h2 id="invitations" ref={heading} tabIndex={-1}>
        Invitations
      </h2>
      {isAdmin && <InviteForm organization={organization} />}
      {list.error && <Failure error={list.error} onRetry={list.refetch} />}
      {list.isPending && <Loading />}
      {list.data && invitations.length === 0 && <p className="hint">No invitation waits.</p>}
      {invitations.length > 0 && (
        <table className="table members">
          <caption className="table-caption">Waiting for the first sign-in</caption>
          <thead>
            <tr>
              <th scope="col">Email</th>
              <th scope="col">Role</th>
              <th scope="col">Expires</th>
              {isAdmin && <th scope="col">Withdraw</th>}
            </tr>
          </thead>
          <tbody>
            {invitations.map((invitation) => (
              <InvitationRow
                key={invitation.id}
                organization={organization}
                invitation={invitation}
                heading={heading}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

interface InvitationRowProps extends InvitationsProps {
  readonly invitation: Invitation;
  readonly heading: RefObject<HTMLElement | null>;
}

function InvitationRow({ organization, invitation, heading }: InvitationRowProps) {
  const queryClient = useQueryClient();
  const { id, email, role, invited_by: invitedBy, expires_at: expiresAt } = invitation;

  async function withdraw() {
    try {
      await call(`${organizationPath(organization.id)}/invitations/${id}`, { method: 'DELETE' });
    } catch (cause) {
      // Withdrawn elsewhere, or used: it does not wait any more, which is what was asked for.
      if (!(cause instanceof Problem && cause.code === 'invitation_not_found')) {
        throw cause;
      }
    } finally {
      // Also without an answer: the server may have withdrawn it.
      void queryClient.invalidateQueries(invitationsQuery(organization.id));
    }
  }

  return (
    <tr>
      <th scope="row">
        {email}
        {invitedBy && <span className="hint">invited by {invitedBy.email}</span>}
      </th>
      <td data-label="Role">{formatRole(role)}</td>
      <td data-label="Expires">
        <Day at={expiresAt} />
      </td>
      {organization.role === 'admin' && (
        <td>
          <ConfirmButton
            label="Withdraw"
            subject={`the invitation of ${email}`}
            title={`Withdraw the invitation of ${email}?`}
            isDangerous
            focusAfter={heading}
            onConfirm={withdraw}
          >
            <p>They do not join {organization.name} when they sign in. You can invite them again.</p>
          </ConfirmButton>
        </td>
      )}
    </tr>
  );
}
