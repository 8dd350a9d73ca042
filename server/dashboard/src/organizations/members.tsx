import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type RefObject, useRef, useState } from 'react';
import type { Member, Organization } from '../../../features/organizations/schema.ts';
import { call } from '../api/client.ts';
import { meQuery } from '../session/queries.ts';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { Day } from '../ui/time.tsx';
import { formatRole } from './format-role.ts';
import { MemberRole } from './member-role.tsx';
import { membersQuery, organizationPath } from './queries.ts';

interface MembersProps {
  readonly organization: Organization;
}

/** The members of the organization. Admins change roles, which takes effect at once, and remove members. */
export function Members({ organization }: MembersProps) {
  const { data: me } = useQuery(meQuery);
  const list = useQuery(membersQuery(organization.id));
  const heading = useRef<HTMLHeadingElement>(null);
  const [change, setChange] = useState<Change>({});
  const isAdmin = organization.role === 'admin';
  const members = list.data?.members ?? [];
  return (
    <section className="section" aria-labelledby="members">
      <h2 id="members" ref={heading} tabIndex={-1}>
        Members
      </h2>
      {/* Rendered while empty: screen readers announce only what is added to a region that is there. */}
      <div role="status" className="said">
        {change.done !== undefined && <p className="notice">{change.done}</p>}
      </div>
      {change.error && <Failure error={change.error} />}
      {list.error && <Failure error={list.error} onRetry={list.refetch} />}
      {list.isPending && <Loading />}
      {list.data && (
        <table className="table members">
          <caption className="visually-hidden">Members of {organization.name}</caption>
          <thead>
            <tr>
              <th scope="col">Email</th>
              <th scope="col">Role</th>
              <th scope="col">Since</th>
              {isAdmin && <th scope="col">Remove</th>}
            </tr>
          </thead>
          <tbody>
            {members.map((member) => (
              <MemberRow
                key={member.user.id}
                organization={organization}
                member={member}
                isOwn={member.user.id === me?.user.id}
                heading={heading}
                onChange={setChange}
              />
            ))}
          </tbody>
        </table>
      )}
      {list.data && !isAdmin && <WhoCanChange members={members} />}
    </section>
  );
}

/** The outcome of the last change. */
interface Change {
  readonly done?: string;
  readonly error?: Error;
}

interface MemberRowProps extends MembersProps {
  readonly member: Member;
  readonly isOwn: boolean;
  readonly heading: RefObject<HTMLElement | null>;
  readonly onChange: (change: Change) => void;
}

function MemberRow({ organization, member, isOwn, heading, onChange }: MemberRowProps) {
  const isAdmin = organization.role === 'admin';
  const queryClient = useQueryClient();
  const { email } = member.user;
  const path = `${organizationPath(organization.id)}/members/${member.user.id}`;

  async function remove() {
    await call(path, { method: 'DELETE' });
    onChange({ done: `${email} was removed from ${organization.name}.` });
    void queryClient.invalidateQueries(membersQuery(organization.id));
  }

  return (
    <tr>
      <th scope="row">
        {email}
        {isOwn && <span className="hint">you</span>}
      </th>
      <td data-label="Role">
        {isAdmin ? (
          <MemberRole
            organization={organization}
            member={member}
            isOwn={isOwn}
            path={path}
            focusAfter={heading}
            onDone={(done) => onChange({ done })}
            onError={(error) => onChange({ error })}
          />
        ) : (
          formatRole(member.role)
        )}
      </td>
      <td data-label="Since">
        <Day at={member.created_at} />
      </td>
      {isAdmin && (
        <td>
          {!isOwn && (
            <ConfirmButton
              label="Remove"
              subject={email}
              title={`Remove ${email}?`}
              isDangerous
              onConfirm={remove}
              focusAfter={heading}
            >
              <p>
                Their access to {organization.name} and its apps ends <strong>at once</strong>. API keys
                belong to the apps and go on, so no workflow fails for it.
              </p>
            </ConfirmButton>
          )}
        </td>
      )}
    </tr>
  );
}

function WhoCanChange({ members }: { readonly members: readonly Member[] }) {
  const admins = members.filter(({ role }) => role === 'admin').map(({ user }) => user.email);
  return (
    <p className="hint">
      Only admins invite, change roles and remove members. Ask{' '}
      {new Intl.ListFormat('en', { type: 'disjunction' }).format(admins)}.
    </p>
  );
}
