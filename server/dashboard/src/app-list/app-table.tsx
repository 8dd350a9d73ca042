import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { ListedApp, ListedCheck } from '../../../features/apps/schema.ts';
import { Conclusion } from '../checks/conclusion.tsx';
import { Time } from '../ui/time.tsx';
import { type AppSort, type AppView, FIRST_ORDER } from './arrange-apps.ts';
import { Sparkline } from './sparkline.tsx';

interface AppTableProps {
  readonly apps: readonly ListedApp[];
  readonly view: AppView;
  readonly onSort: (change: Pick<AppView, 'sort' | 'order'>) => void;
  /** The name of an app's organization, where the list has apps of several. */
  readonly nameOrganization: (app: ListedApp) => string | undefined;
}

/** The apps, each with the state of its main branch, its last check and how the last ten ended. */
export function AppTable({ apps, view, onSort, nameOrganization }: AppTableProps) {
  return (
    <table className="table apps">
      <thead>
        <tr>
          <SortHeader sort="name" view={view} onSort={onSort}>
            App
          </SortHeader>
          <SortHeader sort="state" view={view} onSort={onSort}>
            Main branch
          </SortHeader>
          <SortHeader sort="last_check" view={view} onSort={onSort}>
            Last check
          </SortHeader>
          <th scope="col">Last 10 checks</th>
        </tr>
      </thead>
      <tbody>
        {apps.map((app) => (
          <AppRow key={app.id} app={app} organization={nameOrganization(app)} />
        ))}
      </tbody>
    </table>
  );
}

interface SortHeaderProps extends Pick<AppTableProps, 'view' | 'onSort'> {
  readonly sort: AppSort;
  readonly children: ReactNode;
}

/** The head of a column that the list can be sorted by. A second press turns the order round. */
function SortHeader({ sort, view, onSort, children }: SortHeaderProps) {
  const order = view.sort === sort ? view.order : undefined;
  const turned = order === 'ascending' ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={order}>
      <button
        type="button"
        className="sort-button"
        onClick={() => onSort({ sort, order: order ? turned : FIRST_ORDER[sort] })}
      >
        {children}
        <span aria-hidden="true" className="sort-sign">
          {order === 'ascending' ? '▲' : order === 'descending' ? '▼' : ''}
        </span>
      </button>
    </th>
  );
}

function AppRow({
  app,
  organization,
}: {
  readonly app: ListedApp;
  readonly organization: string | undefined;
}) {
  return (
    <tr>
      <th scope="row">
        <Link to={`/apps/${app.alias}`}>{app.name}</Link>
        <span className="hint">
          {app.alias} · {app.url ?? 'no URL yet'}
        </span>
        {organization !== undefined && <span className="hint app-organization">{organization}</span>}
      </th>
      <td data-label="Main branch">
        <LastCheck app={app} check={app.main_check} none="not checked yet" />
      </td>
      <td data-label="Last check">
        <LastCheck app={app} check={app.last_check} none="never checked" />
      </td>
      <td data-label="Last 10 checks">
        {app.recent_conclusions.length > 0 && <Sparkline conclusions={app.recent_conclusions} />}
      </td>
    </tr>
  );
}

interface LastCheckProps {
  readonly app: ListedApp;
  readonly check: ListedCheck | null;
  /** Shown where there is no check. */
  readonly none: string;
}

function LastCheck({ app, check, none }: LastCheckProps) {
  return check ? (
    <span className="last-check">
      <Link to={`/apps/${app.alias}/checks/${check.id}`}>
        <Conclusion check={check} />
      </Link>{' '}
      <span className="hint">
        <Time at={check.created_at} />
      </span>
    </span>
  ) : (
    <span className="hint">{none}</span>
  );
}
