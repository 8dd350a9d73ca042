import { queryOptions } from '@tanstack/react-query';
import type { ApiKeyInfo } from '../../../features/api-keys/schema.ts';
import { call } from '../api/client.ts';
import { pollEvery } from '../api/poll-every.ts';
import { appPath } from '../apps/queries.ts';

export const apiKeyPath = (app: string) => `${appPath(app)}/api-key`;

export const apiKeyQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'api-key'],
    queryFn: ({ signal }) => call<ApiKeyInfo>(apiKeyPath(app), { signal }),
    refetchInterval: pollEvery(15_000),
  });
