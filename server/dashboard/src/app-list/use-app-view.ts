import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import { changeQuery } from '../ui/change-query.ts';
import { type AppSort, type AppView, FIRST_ORDER, type SortOrder } from './arrange-apps.ts';

const SEARCH = 'q';
const SORT = 'sort';
const ORDER = 'order';

/** The view of the list, which is in the address: it can be shared, and the Back button restores it. */
export function useAppView(): [AppView, (change: Partial<AppView>) => void] {
  const [query, setQuery] = useSearchParams();
  const change = useCallback(
    (changes: Partial<AppView>) => {
      // No history entry: the Back button leaves the page.
      setQuery((current) => write(current, { ...read(current), ...changes }), { replace: true });
    },
    [setQuery],
  );
  return [read(query), change];
}

function read(query: URLSearchParams): AppView {
  const sort = parseSort(query.get(SORT));
  return { search: query.get(SEARCH) ?? '', sort, order: parseOrder(query.get(ORDER)) ?? FIRST_ORDER[sort] };
}

/** The address does not hold defaults. */
function write(query: URLSearchParams, { search, sort, order }: AppView): URLSearchParams {
  return changeQuery(query, {
    [SEARCH]: search,
    [SORT]: sort === 'name' ? '' : sort,
    [ORDER]: order === FIRST_ORDER[sort] ? '' : order,
  });
}

function parseSort(text: string | null): AppSort {
  return text === 'state' || text === 'last_check' ? text : 'name';
}

function parseOrder(text: string | null): SortOrder | undefined {
  return text === 'ascending' || text === 'descending' ? text : undefined;
}
