import { queryOptions } from '@tanstack/react-query';
import type { App, AppList } from '../../../features/apps/schema.ts';
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
