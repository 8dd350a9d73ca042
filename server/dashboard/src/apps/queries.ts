import { queryOptions } from '@tanstack/react-query';
import type { App, AppList, Setup } from '../../../features/apps/schema.ts';
import { call } from '../api/client.ts';
import { pollEvery } from '../api/poll-every.ts';

export const appsQuery = queryOptions({
  queryKey: ['apps'],
  queryFn: ({ signal }) => call<AppList>('/api/apps', { signal }),
  refetchInterval: pollEvery(10_000),
});

export const appPath = (app: string) => `/api/apps/${encodeURIComponent(app)}`;

/** Everything that is read of one app has a key that starts with `['app', app]`, in all features. */
export const appQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app],
    queryFn: ({ signal }) => call<App>(appPath(app), { signal }),
  });

const pollSetup = pollEvery(15_000);

/** Asks again until all is done, which it then stays. */
export const setupQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'setup'],
    queryFn: ({ signal }) => call<Setup>(`${appPath(app)}/setup`, { signal }),
    refetchInterval: (query) => (query.state.data && isSetUp(query.state.data) ? false : pollSetup(query)),
    staleTime: ({ state: { data } }) => (data && isSetUp(data) ? Number.POSITIVE_INFINITY : 0),
  });

/** The last of the first steps takes all others. */
export function isSetUp(setup: Setup): boolean {
  return setup.has_pull_request_check;
}
