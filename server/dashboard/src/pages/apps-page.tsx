import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Link } from 'react-router';
import type { AppList } from '../../../features/apps/schema.ts';
import { appsQuery } from '../apps/queries.ts';
import { Conclusion } from '../checks/conclusion.tsx';
import { meQuery } from '../session/queries.ts';
import { Failure } from '../ui/failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { Page } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';

const AddApp = lazy(() => import('../apps/add-app.tsx').then((one) => ({ default: one.AddApp })));

/** `/`: the apps, each with its last check. */
export function AppsPage() {
  const apps = useQuery(appsQuery);
  const me = useQuery(meQuery);
  const administered = me.data?.organizations.filter(({ role }) => role === 'admin') ?? [];
  return (
    <Page
      title="Apps"
      actions={
        administered.length > 0 && (
          <Suspense>
            <AddApp organizations={administered} />
          </Suspense>
        )
      }
    >
      {apps.error && <Failure error={apps.error} onRetry={apps.refetch} />}
      {apps.isPending && <Loading />}
      {apps.data &&
        (apps.data.apps.length === 0 ? (
          <Empty canAdd={administered.length > 0} />
        ) : (
          <AppTable apps={apps.data.apps} />
        ))}
    </Page>
  );
}

function Empty({ canAdd }: { readonly canAdd: boolean }) {
  return (
    <div className="empty">
      <h2>No apps yet</h2>
      {canAdd ? (
        <ol>
          <li>Add the app that you want to check: its name and its URL.</li>
          <li>Generate its API key and store it in Actions Secrets.</li>
          <li>Paste the workflow. Every push is checked from then on.</li>
        </ol>
      ) : (
        <p>An admin of your organization can add the first one.</p>
      )}
    </div>
  );
}

function AppTable({ apps }: { readonly apps: AppList['apps'] }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">App</th>
          <th scope="col">Last check</th>
          <th scope="col">When</th>
        </tr>
      </thead>
      <tbody>
        {apps.map((app) => (
          <tr key={app.id}>
            <th scope="row">
              <Link to={`/apps/${app.alias}`}>{app.name}</Link>
              <span className="hint">{app.url ?? 'no URL yet'}</span>
            </th>
            <td data-label="Last check">
              {app.last_check ? (
                <Link to={`/apps/${app.alias}/checks/${app.last_check.id}`}>
                  <Conclusion check={app.last_check} />
                </Link>
              ) : (
                <span className="hint">never checked</span>
              )}
            </td>
            <td data-label="When">{app.last_check && <Time at={app.last_check.created_at} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
