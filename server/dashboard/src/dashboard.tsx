import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Route, Routes, useLocation } from 'react-router';
import type { Me } from '../../features/organizations/schema.ts';
import { Problem } from './api/client.ts';
import { useOutage } from './api/outage.ts';
import { KeyKeeper } from './api-keys/key-keeper.tsx';
import { OrganizationSwitcher } from './organizations/switcher/organization-switcher.tsx';
import { AppsPage } from './pages/apps-page.tsx';
import { loadPage } from './pages/load-page.ts';
import { meQuery } from './session/queries.ts';
import { SignedIn } from './session/signed-in.tsx';
import { TopBar } from './session/top-bar.tsx';
import { Failure } from './ui/failure.tsx';
import { Loading } from './ui/loading.tsx';
import { Page } from './ui/page.tsx';
import { PageBoundary } from './ui/page-boundary.tsx';
import { StaleNotice } from './ui/stale-notice.tsx';

const SignInPage = lazy(() => loadPage.signIn().then((page) => ({ default: page.SignInPage })));
const AppPage = lazy(() => loadPage.app().then((page) => ({ default: page.AppPage })));
const CheckPage = lazy(() => loadPage.check().then((page) => ({ default: page.CheckPage })));
const SettingsPage = lazy(() => loadPage.settings().then((page) => ({ default: page.SettingsPage })));
const OrganizationPage = lazy(() =>
  loadPage.organization().then((page) => ({ default: page.OrganizationPage })),
);

/** All pages. Without a session, each page is the sign-in; after it, the person sees the page they came for. */
export function Dashboard() {
  const me = useQuery(meQuery);
  const outage = useOutage();
  const end = useSessionEnd(me);
  const main = useRef<HTMLElement>(null);
  const wasSignedOut = useRef(false);
  const queryClient = useQueryClient();
  const isSignedOut = end !== undefined;
  useEffect(() => {
    if (isSignedOut) {
      // The next person must not see data of the last one.
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meQuery.queryKey[0] });
    } else if (wasSignedOut.current) {
      // The form that had the focus is gone.
      main.current?.focus();
    }
    wasSignedOut.current = isSignedOut;
  }, [isSignedOut, queryClient]);
  if (end) {
    return (
      <Suspense>
        <SignInPage hadSession={end.hadSession} />
      </Suspense>
    );
  }
  return (
    <>
      <TopBar me={me.data} switcher={<OrganizationSwitcher />} />
      <main id="main" ref={main} tabIndex={-1}>
        {me.data ? <Pages /> : me.error ? <Failure error={me.error} onRetry={me.refetch} /> : <Loading />}
      </main>
      <StaleNotice title={outage?.title} shownAt={outage?.shownAt} />
    </>
  );
}

interface SessionEnd {
  readonly hadSession: boolean;
}

/**
 * Set on the first 401, cleared once signed in. In between, the query runs again now and then, since the person may
 * have signed in in another tab. The form must keep what was typed during that.
 */
function useSessionEnd({ data, error, isSuccess }: UseQueryResult<Me>): SessionEnd | undefined {
  const [end, setEnd] = useState<SessionEnd>();
  if (!end && error instanceof Problem && error.status === 401) {
    setEnd({ hadSession: data !== undefined || error.code === 'invalid_session' });
  } else if (end && isSuccess) {
    setEnd(undefined);
  }
  return end;
}

function Pages() {
  const { pathname } = useLocation();
  return (
    <KeyKeeper>
      <PageBoundary place={pathname}>
        <Suspense fallback={<Loading />}>
          <Routes>
            <Route path="/" element={<AppsPage />} />
            <Route path="/sign-in" element={<SignedIn />} />
            <Route path="/organization" element={<OrganizationPage />} />
            <Route path="/apps/:app" element={<AppPage />} />
            <Route path="/apps/:app/settings" element={<SettingsPage />} />
            <Route path="/apps/:app/checks/:check" element={<CheckPage />} />
            <Route path="*" element={<NotFound />} />
          </Routes>
        </Suspense>
      </PageBoundary>
    </KeyKeeper>
  );
}

function NotFound() {
  return (
    <Page title="There is no such page">
      <p>
        Check the address, or go to <a href="/">your apps</a>.
      </p>
    </Page>
  );
}
