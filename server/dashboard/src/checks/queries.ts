import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { ApiKeyInfo } from '../../../features/api-keys/schema.ts';
import type { App, AppList } from '../../../features/apps/schema.ts';
import type { AuditLog } from '../../../features/audit/schema.ts';
import type { Check, CheckList } from '../../../features/checks/schema.ts';
import type { InvitationList, Me, MemberList } from '../../../features/organizations/schema.ts';
import { call, Problem } from '../api/client.ts';

/** What the pages read, each under the key that a change of it invalidates. */

export interface CheckFilter {
  readonly branch: string;
  readonly conclusion: string;
}

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => call<Me>('/api/me', { signal }),
  staleTime: 60_000,
});

export const appsQuery = queryOptions({
  queryKey: ['apps'],
  queryFn: ({ signal }) => call<AppList>('/api/apps', { signal }),
  refetchInterval: 10_000,
});

export const appPath = (app: string) => `/api/apps/${encodeURIComponent(app)}`;

export const appQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app],
    queryFn: ({ signal }) => call<App>(appPath(app), { signal }),
  });

export const checksQuery = (app: string, filter: CheckFilter) =>
  infiniteQueryOptions({
    queryKey: ['app', app, 'checks', filter],
    queryFn: ({ signal, pageParam }) => {
      const query = new URLSearchParams({ limit: '50', flows: 'false' });
      for (const [name, value] of Object.entries({ ...filter, cursor: pageParam })) {
        if (value !== '') {
          query.set(name, value);
        }
      }
      return call<CheckList>(`${appPath(app)}/checks?${query}`, { signal });
    },
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchInterval: 5_000,
  });

export const apiKeyPath = (app: string) => `${appPath(app)}/api-key`;

export const apiKeyQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'api-key'],
    queryFn: ({ signal }) => call<ApiKeyInfo>(apiKeyPath(app), { signal }),
    refetchInterval: 15_000,
  });

export const auditLogQuery = (app: string) =>
  infiniteQueryOptions({
    queryKey: ['app', app, 'audit-log'],
    queryFn: ({ signal, pageParam }) =>
      call<AuditLog>(`${appPath(app)}/audit-log?limit=20${pageParam && `&cursor=${pageParam}`}`, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });

export const checkPath = (app: string, check: string) =>
  `${appPath(app)}/checks/${encodeURIComponent(check)}`;

export const checkQuery = (app: string, check: string) =>
  queryOptions({
    queryKey: ['app', app, 'check', check],
    queryFn: ({ signal }) => call<Check>(checkPath(app, check), { signal }),
  });

const WAIT_SECONDS = 25;
const LONGEST_PAUSE_MS = 15_000;

/**
 * A check as it goes: each fetch after the first is held by the server until there is news (`useLiveCheck` asks
 * again). What the server refuses ends it; while it is not reached, it is asked again, ever less often.
 */
export const liveCheckQuery = (app: string, check: string) =>
  queryOptions({
    queryKey: checkQuery(app, check).queryKey,
    queryFn: ({ client, queryKey, signal }) => {
      const last = client.getQueryData<Check>(queryKey);
      // Without data the state is an error or nothing: an answer at once is due.
      return last && last.conclusion === null
        ? call<Check>(`${checkPath(app, check)}?wait=${WAIT_SECONDS}&after=${last.revision}`, {
            signal,
            waitSeconds: WAIT_SECONDS,
          })
        : call<Check>(checkPath(app, check), { signal });
    },
    retry: (_failures, error) => isPassing(error),
    // Spread, so that the pages do not all come at once to a server that is back.
    retryDelay: (attempt) => Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** attempt) * (0.75 + Math.random() / 2),
  });

function isPassing(error: Error): boolean {
  return error instanceof Problem && (error.status === 0 || error.status === 429 || error.status >= 500);
}

export const organizationPath = (organization: string) => `/api/organizations/${organization}`;

export const membersQuery = (organization: string) =>
  queryOptions({
    queryKey: ['organization', organization, 'members'],
    queryFn: ({ signal }) => call<MemberList>(`${organizationPath(organization)}/members`, { signal }),
    refetchInterval: 15_000,
  });

export const invitationsQuery = (organization: string) =>
  queryOptions({
    queryKey: ['organization', organization, 'invitations'],
    queryFn: ({ signal }) =>
      call<InvitationList>(`${organizationPath(organization)}/invitations`, { signal }),
    refetchInterval: 15_000,
  });
