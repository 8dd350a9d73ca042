import { focusManager, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { liveCheckQuery } from './queries.ts';

/** Between an answer and the next request, so that a check that changes often is not read without a pause. */
const PAUSE_MS = 300;

/**
 * The check, kept up to date until it ends or the page is left. Leaving aborts the open request. So does hiding the tab:
 * a browser has few connections for all tabs of a server.
 */
export function useLiveCheck(app: string, id: string) {
  const queryClient = useQueryClient();
  const query = useQuery(liveCheckQuery(app, id));
  const isShown = useSyncExternalStore(focusManager.subscribe, () => focusManager.isFocused());
  const { data, error, fetchStatus, refetch } = query;
  const isRunning = data?.conclusion === null;
  const isDue = isShown && isRunning && error === null && fetchStatus === 'idle';
  useEffect(() => {
    if (!isDue) {
      return;
    }
    const timer = setTimeout(refetch, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [isDue, refetch]);
  useEffect(() => {
    if (!isShown && isRunning) {
      void queryClient.cancelQueries({ queryKey: liveCheckQuery(app, id).queryKey, exact: true });
    }
  }, [isShown, isRunning, queryClient, app, id]);
  return query;
}
