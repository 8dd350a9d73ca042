import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Link } from 'react-router';
import type { ListedApp } from '../../../features/apps/schema.ts';
import type { Organization } from '../../../features/organizations/schema.ts';
import { AppList } from '../app-list/app-list.tsx';
import { FirstAppSteps } from '../apps/first-app-steps.tsx';
import { appsQuery } from '../apps/queries.ts';
import { Admins } from '../organizations/admins.tsx';
import { useOrganizationChoice } from '../organizations/switcher/organization-choice.ts';
import { Failure } from '../ui/failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { Page } from '../ui/page.tsx';
import '../styles/apps.css';

const AddApp = lazy(() => import('../apps/add-app.tsx').then((one) => ({ default: one.AddApp })));

/** `/`: the apps of the chosen organization, or of all, each with its state. */
export function AppsPage() {
  const list = useQuery(appsQuery);
  const { organizations, chosen } = useOrganizationChoice();
  const apps = list.data?.apps.filter(({ organization_id }) => !chosen || organization_id === chosen.id);
  const names = new Map(organizations.map(({ id, name }) => [id, name]));
  const nameOrganization = (app: ListedApp) =>
    chosen || organizations.length < 2 ? undefined : names.get(app.organization_id);
  return (
    <Page title="Apps" actions={<Adding organizations={organizations} chosen={chosen} />}>
      {list.error && <Failure error={list.error} onRetry={list.refetch} />}
      {list.isPending && <Loading />}
      {apps &&
        (apps.length === 0 ? (
          <Empty organizations={organizations} chosen={chosen} />
        ) : (
          // Each organization has a search of its own.
          <AppList key={chosen?.id} apps={apps} nameOrganization={nameOrganization} />
        ))}
    </Page>
  );
}

type Choice = ReturnType<typeof useOrganizationChoice>;

/** The button that adds an app; for a person who may not, who may. */
function Adding({ organizations, chosen }: Choice) {
  const administered = organizations.filter(isAdministered);
  if (chosen && chosen.role !== 'admin') {
    return <NotAdmin organization={chosen} />;
  }
  if (administered.length === 0) {
    return (
      <p className="hint">
        Only admins of an organization can add apps. <Link to="/organization">See who they are</Link>
      </p>
    );
  }
  return (
    <Suspense fallback={<span className="button button-primary">Add app</span>}>
      <AddApp organizations={administered} proposed={chosen?.id} hasChoice={organizations.length > 1} />
    </Suspense>
  );
}

function NotAdmin({ organization }: { readonly organization: Organization }) {
  return (
    <p className="hint">
      <Admins organization={organization} task="add apps" />
    </p>
  );
}

function Empty({ organizations, chosen }: Choice) {
  return (
    <div className="empty">
      <h2>{chosen && organizations.length > 1 ? `No apps in ${chosen.name} yet` : 'No apps yet'}</h2>
      <FirstAppSteps canAdd={chosen ? chosen.role === 'admin' : organizations.some(isAdministered)} />
    </div>
  );
}

function isAdministered({ role }: Organization): boolean {
  return role === 'admin';
}
