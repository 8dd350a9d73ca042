import { useCallback } from 'react';
import type { ListedApp } from '../../../features/apps/schema.ts';
import { AppFilters, useDraft } from './app-filters.tsx';
import { AppTable } from './app-table.tsx';
import { arrangeApps } from './arrange-apps.ts';
import { SparklineLegend } from './sparkline.tsx';
import { useAppView } from './use-app-view.ts';

interface AppListProps {
  /** At least one. */
  readonly apps: readonly ListedApp[];
  readonly nameOrganization: (app: ListedApp) => string | undefined;
}

/** The apps, with a search and an order that are in the address. */
export function AppList({ apps, nameOrganization }: AppListProps) {
  const [view, changeView] = useAppView();
  const setAddress = useCallback((search: string) => changeView({ search }), [changeView]);
  const [search, setSearch] = useDraft(view.search, setAddress);
  const arranged = arrangeApps(apps, { ...view, search: search.trim() });
  const isSearched = search.trim() !== '';
  return (
    <div className="app-list">
      {(apps.length > 1 || isSearched) && (
        <AppFilters view={view} search={search} onSearch={setSearch} onSort={changeView} />
      )}
      <p role="status" className="visually-hidden">
        {isSearched && `${arranged.length} of ${apps.length} apps match the search.`}
      </p>
      {arranged.length > 0 ? (
        <>
          <AppTable apps={arranged} view={view} onSort={changeView} nameOrganization={nameOrganization} />
          <SparklineLegend conclusions={arranged.flatMap((app) => app.recent_conclusions)} />
        </>
      ) : (
        <div className="empty">
          <p>No app matches the search.</p>
          <button
            type="button"
            className="button"
            onClick={() => {
              setSearch('');
              // The button that had the focus is gone.
              document.querySelector<HTMLInputElement>('input[name="q"]')?.focus();
            }}
          >
            Show all apps
          </button>
        </div>
      )}
    </div>
  );
}
