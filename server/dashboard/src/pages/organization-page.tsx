import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type RefObject, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { Me, Organization } from '../../../features/organizations/schema.ts';
import { call } from '../api/client.ts';
import { appsQuery } from '../apps/queries.ts';
import { Invitations } from '../organizations/invitations.tsx';
import { Members } from '../organizations/members.tsx';
import { NewOrganization } from '../organizations/new-organization.tsx';
import { OrganizationForm } from '../organizations/organization-form.tsx';
import { OrganizationList } from '../organizations/organization-list.tsx';
import { organizationPath } from '../organizations/queries.ts';
import { RoleList } from '../organizations/role-list.tsx';
import { chooseOrganization, useOrganizationChoice } from '../organizations/switcher/organization-choice.ts';
import { meQuery } from '../session/queries.ts';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { Page } from '../ui/page.tsx';
import '../styles/organization.css';

const PARAMETER = 'organization';

/** `/organization`: the members of one of the person's organizations, and their roles. */
export function OrganizationPage() {
  const { data: me } = useQuery(meQuery);
  return me && <OrganizationView me={me} />;
}

/** Shows the organization of the address, else the chosen one, else the list of them. */
function OrganizationView({ me: { user, organizations } }: { readonly me: Me }) {
  const { chosen } = useOrganizationChoice();
  const [query, setQuery] = useSearchParams();
  const [left, setLeft] = useState<string>();
  const status = useRef<HTMLDivElement>(null);
  const asked = query.get(PARAMETER);
  const organization = asked === null ? chosen : organizations.find(({ id }) => id === asked);

  function open(id: string | undefined) {
    // Replaces the history entry: after a new entry, the heading would take the focus.
    setQuery(id === undefined ? {} : { [PARAMETER]: id }, { replace: true });
  }

  return (
    <Page
      title={
        organization?.name ?? (asked === null && organizations.length > 1 ? 'Organizations' : 'Organization')
      }
      actions={
        <NewOrganization
          onCreated={({ id }) => {
            chooseOrganization(id);
            open(undefined);
          }}
        />
      }
    >
      {/* Rendered while empty: screen readers announce only what is added to a region that is there. */}
      <div role="status" className="said" ref={status} tabIndex={-1}>
        {left !== undefined && <p className="notice">You have left {left}.</p>}
      </div>
      {organization ? (
        <Sections
          key={organization.id}
          organization={organization}
          focusAfterLeaving={status}
          onLeft={() => {
            setLeft(organization.name);
            open(undefined);
          }}
        />
      ) : (
        <>
          {(asked !== null || organizations.length === 0) && (
            <None email={user.email} hasOthers={organizations.length > 0} />
          )}
          {organizations.length > 0 && <OrganizationList organizations={organizations} />}
        </>
      )}
    </Page>
  );
}

function None({ email, hasOthers }: { readonly email: string; readonly hasOthers: boolean }) {
  return (
    <div className="empty">
      <h2>{hasOthers ? 'You do not belong to this organization' : 'You belong to no organization'}</h2>
      <p>
        Ask an admin to invite <strong>{email}</strong>, or{' '}
        {hasOthers ? 'open one of yours' : 'make one of your own with “New organization”'}.
      </p>
    </div>
  );
}

interface SectionsProps {
  readonly organization: Organization;
  readonly focusAfterLeaving: RefObject<HTMLElement | null>;
  readonly onLeft: () => void;
}

function Sections({ organization, focusAfterLeaving, onLeft }: SectionsProps) {
  return (
    <>
      <Members organization={organization} />
      <Invitations organization={organization} />
      <RoleList />
      {organization.role === 'admin' && <OrganizationForm organization={organization} />}
      <Leave organization={organization} focusAfterLeaving={focusAfterLeaving} onLeft={onLeft} />
    </>
  );
}

function Leave({ organization, focusAfterLeaving, onLeft }: SectionsProps) {
  const { data: me } = useQuery(meQuery);
  const queryClient = useQueryClient();

  async function leave() {
    await call(`${organizationPath(organization.id)}/members/${me?.user.id}`, { method: 'DELETE' });
    void queryClient.invalidateQueries(meQuery).then(onLeft);
    queryClient.removeQueries({ queryKey: ['app'] });
    void queryClient.invalidateQueries(appsQuery);
  }

  return (
    <section className="section" aria-labelledby="leave">
      <h2 id="leave">Leave this organization</h2>
      <p>Your access to its apps ends at once. The last admin cannot leave.</p>
      <div className="actions">
        <ConfirmButton
          label="Leave organization"
          title={`Leave ${organization.name}?`}
          isDangerous
          onConfirm={leave}
          focusAfter={focusAfterLeaving}
        >
          <p>
            Your access to its apps ends <strong>at once</strong>, and only an admin can invite you again. API
            keys go on, also those that you generated.
          </p>
        </ConfirmButton>
      </div>
    </section>
  );
}
