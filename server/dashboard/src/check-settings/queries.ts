import { queryOptions } from '@tanstack/react-query';
import type { CheckSettings } from '../../../features/check-settings/schema.ts';
import { call } from '../api/client.ts';
import { appPath } from '../apps/queries.ts';

export const checkSettingsPath = (app: string) => `${appPath(app)}/check-settings`;

export const checkSettingsQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'check-settings'],
    queryFn: ({ signal }) => call<CheckSettings>(checkSettingsPath(app), { signal }),
  });
