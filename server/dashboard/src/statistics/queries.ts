import { queryOptions } from '@tanstack/react-query';
import type { Statistics } from '../../../features/statistics/schema.ts';
import { call } from '../api/client.ts';
import { pollEvery } from '../api/poll-every.ts';
import { appPath } from '../apps/queries.ts';

/** Of days, so some minutes more or less change little; and the server reads many checks for it. */
const EVERY_MS = 300_000;

export const statisticsQuery = (app: string, days: string) =>
  queryOptions({
    queryKey: ['app', app, 'statistics', days],
    queryFn: ({ signal }) => call<Statistics>(`${appPath(app)}/statistics?days=${days}`, { signal }),
    staleTime: EVERY_MS,
    refetchInterval: pollEvery(EVERY_MS),
  });
