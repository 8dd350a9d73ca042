import { queryOptions } from '@tanstack/react-query';
import type { InvitationList, MemberList } from '../../../features/organizations/schema.ts';
import { call } from '../api/client.ts';
import { pollEvery } from '../api/poll-every.ts';

export const organizationPath = (organization: string) => `/api/organizations/${organization}`;

export const membersQuery = (organization: string) =>
  queryOptions({
    queryKey: ['organization', organization, 'members'],
    queryFn: ({ signal }) => call<MemberList>(`${organizationPath(organization)}/members`, { signal }),
    refetchInterval: pollEvery(15_000),
  });

export const invitationsQuery = (organization: string) =>
  queryOptions({
    queryKey: ['organization', organization, 'invitations'],
    queryFn: ({ signal }) =>
      call<InvitationList>(`${organizationPath(organization)}/invitations`, { signal }),
    refetchInterval: pollEvery(15_000),
  });
