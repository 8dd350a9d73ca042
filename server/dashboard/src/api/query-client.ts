import { type Query, QueryCache, QueryClient } from '@tanstack/react-query';
import { isGone, isPassing } from './failures.ts';
import { isFailing, watchForOutages } from './outage.ts';
import { pollEvery } from './poll-every.ts';

const RETRIES = 3;
const pollFailing = pollEvery(5_000);

interface QueryClientOptions {
  /** Called when something that was shown is gone, or is no longer for this person. */
  readonly onGone: () => void;
}

/** The cache of what was read, with the rules that hold for each query: polling, retries, and what failures do. */
export function createQueryClient({ onGone }: QueryClientOptions): QueryClient {
  const queryClient = new QueryClient({
    queryCache: new QueryCache({
      onError(error, query) {
        if (query.state.data === undefined) {
          return;
        }
        if (isGone(error)) {
          removeData(queryClient, query);
          onGone();
        } else if (isPassing(error)) {
          // What is shown stays. That it is old is said once, for the whole page (`useOutage`).
          query.setState({ error: null, status: 'success' });
        }
      },
    }),
    defaultOptions: {
      queries: {
        // A refusal stays a refusal. A request that did not get through may succeed next time.
        retry: (failures, error) => failures < RETRIES && isPassing(error),
        retryDelay: (attempt) => 500 * 2 ** attempt * (0.75 + Math.random() / 2),
        // Also for queries that are not polled. Otherwise the notice of an outage would stay after it.
        refetchInterval: (query) => isFailing(query) && pollFailing(query),
        // Ask even while the browser says it is offline: the server may be on this machine.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always', gcTime: 0 },
    },
  });
  watchForOutages(queryClient);
  return queryClient;
}

/** Only an error without data is all that a page shows. What else belongs to the same thing is read again. */
function removeData(queryClient: QueryClient, query: Query<unknown, unknown>): void {
  query.setState({ data: undefined, dataUpdatedAt: 0 });
  const [kind, id] = query.queryKey;
  void queryClient.invalidateQueries({
    predicate: (other) =>
      other.queryHash !== query.queryHash && other.queryKey[0] === kind && other.queryKey[1] === id,
  });
}
