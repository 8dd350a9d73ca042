import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useCallback } from 'react';
import { useSearchParams } from 'react-router';
import type { App } from '../../../features/apps/schema.ts';
import type { CheckList } from '../../../features/checks/schema.ts';
import type { Person } from '../../../features/organizations/schema.ts';
import { Failure } from '../ui/failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { ShowMore } from '../ui/show-more.tsx';
import { ChecksChart } from './chart/checks-chart.tsx';
import { CheckTable } from './check-table.tsx';
import { type CheckFilter, isFiltered, NO_FILTER, readFilter, writeFilter } from './filters/check-filter.ts';
import { CheckFilters } from './filters/check-filters.tsx';
import { checksQuery } from './queries.ts';

type ListedCheck = CheckList['checks'][number];

interface ChecksProps {
  readonly app: App;
  readonly canRun: boolean;
  /** The organization's members, for the filter. */
  readonly people: readonly Person[];
  /** Shown above the list, once there are checks. */
  readonly children: ReactNode;
}

/** The app's checks: a chart and a list. The filter is in the address, so that the Back button restores it. */
export function Checks({ app, canRun, people, children }: ChecksProps) {
  const [query, setQuery] = useSearchParams();
  const filter = readFilter(query);
  const latest = useInfiniteQuery({
    ...checksQuery(app.alias, NO_FILTER),
    // With a filter they are only the suggestions, and tell whether there are checks at all.
    ...(isFiltered(filter) && { refetchInterval: false }),
  });
  const changeFilter = useCallback(
    // No history entry: the Back button leaves the page.
    (change: Partial<CheckFilter>) =>
      setQuery((current) => writeFilter(current, { ...readFilter(current), ...change }), { replace: true }),
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
      {children}
      <FilteredChecks app={app} filter={filter} onReset={() => changeFilter(NO_FILTER)}>
        <h2>Checks</h2>
        <CheckFilters
          filter={filter}
          onChange={changeFilter}
          branches={[...branches]}
          people={joinPeople(people, checks)}
        />
      </FilteredChecks>
    </>
  );
}

/** The members, and who else triggered one of the checks. */
function joinPeople(members: readonly Person[], checks: readonly ListedCheck[]): Person[] {
  const others = checks.flatMap(({ triggered_by_user: person }) => person ?? []);
  return [...new Map([...others, ...members].map((person) => [person.id, person])).values()].sort((a, b) =>
    a.email.localeCompare(b.email),
  );
}

interface FilteredChecksProps {
  readonly app: App;
  readonly filter: CheckFilter;
  readonly onReset: () => void;
  /** The heading and the filters. Above the chart, which may go while a person types. */
  readonly children: ReactNode;
}

function FilteredChecks({ app, filter, onReset, children }: FilteredChecksProps) {
  const list = useInfiniteQuery({
    ...checksQuery(app.alias, filter),
    placeholderData: keepPreviousData,
  });
  const checks = list.data?.pages.flatMap((page) => page.checks) ?? [];
  const isOfFilter = list.data !== undefined && !list.isPlaceholderData;
  const matches = isFiltered(filter) && isOfFilter ? list.data.pages[0]?.total : undefined;
  return (
    <>
      {children}
      {list.error && <Failure error={list.error} onRetry={list.refetch} />}
      {list.isPending && <Loading />}
      <div className="matches">
        <p role="status">{matches !== undefined && describeMatches(matches)}</p>
        {isFiltered(filter) && (
          <button
            type="button"
            className="button button-small"
            onClick={() => {
              onReset();
              // The button that had the focus is gone.
              document.querySelector<HTMLInputElement>('input[name="branch"]')?.focus();
            }}
          >
            Reset the filter
          </button>
        )}
      </div>
      {isOfFilter && checks.length === 0 && <p className="empty">No check matches the filter.</p>}
      <ChecksChart app={app} checks={checks} />
      {checks.length > 0 && <CheckTable app={app} checks={checks} />}
      <ShowMore list={list} />
    </>
  );
}

function describeMatches(matches: number): string {
  return matches === 1 ? '1 check matches.' : `${matches.toLocaleString('en')} checks match.`;
}

function NoChecks({ canRun }: { readonly canRun: boolean }) {
  return (
    <div className="empty">
      <h2>No checks yet</h2>
      {canRun ? <p>“Run check” tries it now, without CI.</p> : <p>The first one shows up here.</p>}
    </div>
  );
}
