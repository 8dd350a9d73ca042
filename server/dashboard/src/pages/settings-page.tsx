import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { App } from '../../../features/apps/schema.ts';
import { ApiKey } from '../api-keys/api-key.tsx';
import { CiSetup } from '../api-keys/ci-setup.tsx';
import { useKeyKeeper } from '../api-keys/key-keeper.tsx';
import { AppForm } from '../apps/app-form.tsx';
import { DeleteApp } from '../apps/delete-app.tsx';
import { appQuery } from '../apps/queries.ts';
import { AuditLog } from '../audit/audit-log.tsx';
import { auditLogQuery } from '../audit/queries.ts';
import { CheckSettings } from '../check-settings/check-settings.tsx';
import { useHasRole } from '../organizations/use-has-role.ts';
import { Secrets } from '../secrets/secrets.tsx';
import { Failure } from '../ui/failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { Page } from '../ui/page.tsx';
import '../styles/settings.css';

/** `/apps/:app/settings`: the API key, how to use it in CI, the app's own fields and its audit log. */
export function SettingsPage() {
  const { app: reference = '' } = useParams();
  const { data: app, error, refetch } = useQuery(appQuery(reference));
  const isAdmin = useHasRole(app, 'admin');
  return (
    <Page
      title="App settings"
      trail={
        <>
          <Link to="/">Apps</Link> / <Link to={`/apps/${reference}`}>{app?.name ?? reference}</Link>
        </>
      }
    >
      {error && <Failure error={error} onRetry={refetch} />}
      {!app && !error && <Loading />}
      {app && (isAdmin ? <Sections key={app.id} app={app} /> : <ForAdminsOnly app={app} />)}
    </Page>
  );
}

function Sections({ app }: { readonly app: App }) {
  const queryClient = useQueryClient();
  const { forget } = useKeyKeeper();
  const onChange = () => queryClient.invalidateQueries({ queryKey: auditLogQuery(app.alias).queryKey });
  return (
    <>
      <ApiKey app={app} onChange={onChange} />
      <CiSetup app={app} />
      <AppForm app={app} />
      <CheckSettings app={app} onChange={onChange} />
      <Secrets app={app} onChange={onChange} />
      <AuditLog app={app} />
      <DeleteApp app={app} onDeleted={() => forget(app.id)} />
    </>
  );
}

function ForAdminsOnly({ app }: { readonly app: App }) {
  return (
    <>
      <p className="notice">
        The API key, the settings of {app.name} and its audit log are for admins of its organization. Ask one
        of them; who they are is on the page of the organization.
      </p>
      <p>
        <Link to={`/organization?organization=${app.organization_id}`}>Open the organization</Link>
      </p>
      <CiSetup app={app} />
    </>
  );
}
