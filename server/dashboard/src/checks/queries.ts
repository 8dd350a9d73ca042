import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Check, CheckList, Comparison } from '../../../features/checks/schema.ts';
import { call } from '../api/client.ts';
import { isPassing } from '../api/failures.ts';
import { pollEvery } from '../api/poll-every.ts';
import { appPath } from '../apps/queries.ts';
import { type CheckFilter, toParameters } from './filters/check-filter.ts';

export const checksQuery = (app: string, filter: CheckFilter) =>
  infiniteQueryOptions({
    queryKey: ['app', app, 'checks', filter],
    queryFn: ({ signal, pageParam }) => {
      const query = new URLSearchParams({ limit: '50', flows: 'false' });
      for (const [name, value] of Object.entries({ ...toParameters(filter), cursor: pageParam })) {
        if (value !== '') {
          query.set(name, value);
        }
      }
      return call<CheckList>(`${appPath(app)}/checks?${query}`, { signal });
    },
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchInterval: pollEvery(5_000),
  });

export const checkPath = (app: string, check: string) =>
  `${appPath(app)}/checks/${encodeURIComponent(check)}`;

export const checkQuery = (app: string, check: string) =>
  queryOptions({
    queryKey: ['app', app, 'check', check],
    queryFn: ({ signal }) => call<Check>(checkPath(app, check), { signal }),
  });

/**
 * What failed in the check before it on the main branch. Read once: that check has ended, and a newer one would move what
 * somebody reads.
 */
export const comparisonQuery = (app: string, check: string) =>
  queryOptions({
    queryKey: ['app', app, 'check', check, 'comparison'],
    queryFn: ({ signal }) => call<Comparison>(`${checkPath(app, check)}/comparison`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

const WAIT_SECONDS = 25;
const LONGEST_PAUSE_MS = 15_000;
/** For a check that has ended: it may be gone, or its reader no longer a member. */
const pollEnded = pollEvery(30_000);

/**
 * A check until it ends. After the first answer, the server holds each request until there is news; `useLiveCheck`
 * then asks again. A refusal ends the updates. A server that cannot be reached is asked again, at growing intervals.
 */
export const liveCheckQuery = (app: string, check: string) =>
  queryOptions({
    queryKey: checkQuery(app, check).queryKey,
    queryFn: ({ client, queryKey, signal }) => {
      const last = client.getQueryData<Check>(queryKey);
      // Without data the state is an error or nothing: an answer at once is due.
      return last && last.conclusion === null
        ? call<Check>(checkPath(app, check), {
            signal,
            wait: { seconds: WAIT_SECONDS, after: last.revision },
          })
        : call<Check>(checkPath(app, check), { signal });
    },
    refetchInterval: (query) => query.state.data?.conclusion != null && pollEnded(query),
    retry: (_failures, error) => isPassing(error),
    // Spread, so that the pages do not all come at once to a server that is back.
    retryDelay: (attempt) => Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** attempt) * (0.75 + Math.random() / 2),
  });
