import { usePrefetchQuery, useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { App } from '../../../features/apps/schema.ts';
import type { Person } from '../../../features/organizations/schema.ts';
import { appQuery, setupQuery } from '../apps/queries.ts';
import { SetupChecklist } from '../apps/setup-checklist.tsx';
import { Checks } from '../checks/checks.tsx';
import { TriggerFailure } from '../checks/trigger-failure.tsx';
import { useTrigger } from '../checks/use-trigger.ts';
import { membersQuery } from '../organizations/queries.ts';
import { OrganizationFact } from '../organizations/switcher/organization-fact.tsx';
import { useHasRole } from '../organizations/use-has-role.ts';
import { AppStatistics } from '../statistics/app-statistics.tsx';
import { BusyButton } from '../ui/busy-button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { Page } from '../ui/page.tsx';
import { WebLink } from '../ui/web-link.tsx';
import '../styles/chart.css';
import '../styles/checks.css';
import '../styles/statistics.css';

/** `/apps/:app`: the app's checks, and a button that runs one. */
export function AppPage() {
  const { app: reference = '' } = useParams();
  usePrefetchQuery(setupQuery(reference));
  const { data: app, error, refetch } = useQuery(appQuery(reference));
  const canRun = useHasRole(app, 'member');
  const trigger = useTrigger(app);
  const people = usePeople(app);
  return (
    <Page
      title={app?.name ?? (error ? 'App' : reference)}
      trail={<Link to="/">Apps</Link>}
      actions={
        app && (
          <>
            {canRun && (
              <BusyButton
                className="button button-primary"
                isBusy={trigger.isPending}
                busyText="Starting…"
                onClick={() => trigger.mutate({})}
              >
                Run check
              </BusyButton>
            )}
            <Link className="button" to={`/apps/${app.alias}/settings`}>
              Settings
            </Link>
          </>
        )
      }
    >
      {error && <AppFailure error={error} onRetry={refetch} />}
      {!app && !error && <Loading />}
      {app && (
        <>
          {trigger.error && <TriggerFailure app={app} error={trigger.error} />}
          <Facts app={app} />
          <SetupChecklist app={app} />
          <Checks key={app.id} app={app} canRun={canRun} people={people}>
            <AppStatistics app={app} />
          </Checks>
        </>
      )}
    </Page>
  );
}

/** The organization's members, as suggestions only: without them, the page works. */
function usePeople(app: App | undefined): Person[] {
  const { data } = useQuery({
    ...membersQuery(app?.organization_id ?? ''),
    enabled: app !== undefined,
    refetchInterval: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data?.members.map(({ user }) => user) ?? [];
}

function AppFailure({ error, onRetry }: { readonly error: Error; readonly onRetry: () => unknown }) {
  return (
    <>
      <Failure error={error} onRetry={onRetry} />
      <p>
        <Link to="/">Back to your apps</Link>
      </p>
    </>
  );
}

function Facts({ app }: { readonly app: App }) {
  return (
    <dl className="facts">
      <dt>URL</dt>
      <dd>{app.url ? <WebLink to={app.url}>{app.url}</WebLink> : 'none yet: set it in the settings'}</dd>
      <OrganizationFact id={app.organization_id} />
      <dt>Main branch</dt>
      <dd>{app.main_branch}</dd>
      {app.repository_url && (
        <>
          <dt>Repository</dt>
          <dd>
            <WebLink to={app.repository_url}>{app.repository_url}</WebLink>
          </dd>
        </>
      )}
    </dl>
  );
}
