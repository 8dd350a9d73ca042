import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { liveCheckQuery } from './queries.ts';

/** Between an answer and the next request, so that a check that changes often is not read without a pause. */
const PAUSE_MS = 300;

/** The check, kept up to date until it ends or the page is left. Leaving aborts the open request. */
export function useLiveCheck(app: string, id: string) {
  const query = useQuery(liveCheckQuery(app, id));
  const { data, error, fetchStatus, refetch } = query;
  const isDue = data?.conclusion === null && error === null && fetchStatus === 'idle';
  useEffect(() => {
    if (!isDue) {
      return;
    }
    const timer = setTimeout(refetch, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [isDue, refetch]);
  return query;
}
