import type { Query, QueryCache, QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { Problem } from './client.ts';
import { isPassing } from './failures.ts';

/** Requests of the page fail, and are tried again. */
export interface Outage {
  /** What fails. */
  readonly title: string;
  /** The time of what is shown; `undefined` where nothing is shown yet. */
  readonly shownAt: number | undefined;
}

/** A first failure is often the last one too. */
const REPORTED_FROM = 2;

const failing = new Map<Query, Problem>();
const listeners = new Set<() => void>();
let outage: Outage | undefined;

/** The current outage. It stays the same object until it is over, so that it is announced once. */
export function useOutage(): Outage | undefined {
  return useSyncExternalStore(subscribe, () => outage);
}

export function isFailing(query: Query): boolean {
  return failing.has(query);
}

/** Keeps account of the queries that fail. Once one gets an answer, asks for the others at once. */
export function watchForOutages(queryClient: QueryClient): void {
  queryClient.getQueryCache().subscribe((event) => {
    const hasEnded = record(event);
    if (hasEnded && [...failing.values()].some(({ status }) => status === 0)) {
      void queryClient.refetchQueries({ predicate: (query) => failing.get(query)?.status === 0 });
    }
  });
}

/** Returns whether an answer came. */
function record(event: Parameters<Parameters<QueryCache['subscribe']>[0]>[0]): boolean {
  const { type, query } = event;
  const action = type === 'updated' ? event.action : undefined;
  const isReported =
    (action?.type === 'failed' && action.failureCount >= REPORTED_FROM) ||
    // Without data, the page shows the error itself.
    (action?.type === 'error' && query.state.data !== undefined);
  if (isReported && 'error' in action && action.error instanceof Problem && isPassing(action.error)) {
    failing.set(query, action.error);
  } else if (action?.type === 'success' || action?.type === 'error' || query.getObserversCount() === 0) {
    failing.delete(query);
  }
  publish();
  return action?.type === 'success' && action.manual !== true;
}

function publish(): void {
  const [first] = failing;
  if ((first === undefined) === (outage === undefined)) {
    return;
  }
  outage = first && { title: first[1].title, shownAt: first[0].state.dataUpdatedAt || undefined };
  for (const listener of listeners) {
    listener();
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
