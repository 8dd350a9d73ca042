import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import type { App } from '../../../features/apps/schema.ts';
import { Failure } from '../ui/failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { ShowMore } from '../ui/show-more.tsx';
import { CheckFilters, readFilter } from './check-filters.tsx';
import { CheckTable } from './check-table.tsx';
import { ChecksChart } from './checks-chart.tsx';
import { type CheckFilter, checksQuery } from './queries.ts';

const NO_FILTER: CheckFilter = { branch: '', conclusion: '' };

/** The app's checks: a chart and a list. The filter is in the address, so that the Back button restores it. */
export function Checks({ app, canRun }: { readonly app: App; readonly canRun: boolean }) {
  const [query, setQuery] = useSearchParams();
  const { branch, conclusion } = readFilter(query);
  const latest = useInfiniteQuery(checksQuery(app.alias, NO_FILTER));
  const setFilter = useCallback(
    (filter: CheckFilter) => {
      const given = Object.entries(filter).filter(([, value]) => value !== '');
      // No history entry: the Back button leaves the page.
      setQuery(Object.fromEntries(given), { replace: true });
    },
    [setQuery],
  );
  if (!latest.data) {
    return latest.error ? <Failure error={latest.error} onRetry={latest.refetch} /> : <Loading />;
  }
  const checks = latest.data.pages.flatMap((page) => page.checks);
  if (checks.length === 0) {
    return <NoChecks canRun={canRun} />;
  }
  const branches = new Set([app.main_branch, ...checks.flatMap(({ metadata }) => metadata.branch ?? [])]);
  return (
    <>
      <ChecksChart checks={checks} />
      <h2>Checks</h2>
      <CheckFilters filter={{ branch, conclusion }} onChange={setFilter} branches={[...branches]} />
      <FilteredChecks
        app={app}
        filter={{ branch, conclusion }}
        onReset={() => {
          setFilter(NO_FILTER);
          // The button that had the focus is gone.
          document.querySelector<HTMLInputElement>('input[name="branch"]')?.focus();
        }}
      />
    </>
  );
}

interface FilteredChecksProps {
  readonly app: App;
  readonly filter: CheckFilter;
  readonly onReset: () => void;
}

function FilteredChecks({ app, filter, onReset }: FilteredChecksProps) {
  const list = useInfiniteQuery({
    ...checksQuery(app.alias, filter),
    placeholderData: keepPreviousData,
  });
  const isFiltered = filter.branch !== '' || filter.conclusion !== '';
  const checks = list.data?.pages.flatMap((page) => page.checks) ?? [];
  return (
    <>
      {list.error && <Failure error={list.error} onRetry={list.refetch} />}
      {list.isPending && <Loading />}
      <p role="status" className="visually-hidden">
        {isFiltered && list.data && !list.isPlaceholderData && `${checks.length} checks match the filter.`}
      </p>
      {list.data && checks.length === 0 && (
        <div className="empty">
          <p>No check matches the filter.</p>
          <button type="button" className="button" onClick={onReset}>
            Reset the filter
          </button>
        </div>
      )}
      {checks.length > 0 && <CheckTable app={app} checks={checks} />}
      <ShowMore list={list} />
    </>
  );
}

function NoChecks({ canRun }: { readonly canRun: boolean }) {
  return (
    <div className="empty">
      <h2>No checks yet</h2>
      {canRun ? <p>“Run check” tries it now, without CI.</p> : <p>The first one shows up here.</p>}
    </div>
  );
}
