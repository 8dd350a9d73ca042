import { queryOptions } from '@tanstack/react-query';
import type { SecretList } from '../../../features/secrets/schema.ts';
import { call } from '../api/client.ts';
import { appPath } from '../apps/queries.ts';

export const secretPath = (app: string, name: string) =>
  `${appPath(app)}/secrets/${encodeURIComponent(name)}`;

export const secretsQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'secrets'],
    queryFn: ({ signal }) => call<SecretList>(`${appPath(app)}/secrets`, { signal }),
  });
