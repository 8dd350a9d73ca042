import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect } from 'react';
import { Route, Routes } from 'react-router';
import { Problem } from './api/client.ts';
import { meQuery } from './api/queries.ts';
import { Failure } from './components/failure.tsx';
import { Loading } from './components/loading.tsx';
import { Page } from './components/page.tsx';
import { TopBar } from './components/top-bar.tsx';
import { AppsPage } from './pages/apps-page.tsx';
import { SignInPage } from './pages/sign-in-page.tsx';
import { SignedIn } from './pages/signed-in.tsx';

const AppPage = lazy(() => import('./pages/app-page.tsx').then((page) => ({ default: page.AppPage })));
const CheckPage = lazy(() => import('./pages/check-page.tsx').then((page) => ({ default: page.CheckPage })));
const SettingsPage = lazy(() =>
  import('./pages/settings-page.tsx').then((page) => ({ default: page.SettingsPage })),
);
const OrganizationPage = lazy(() =>
  import('./pages/organization-page.tsx').then((page) => ({ default: page.OrganizationPage })),
);

/** All pages. Whoever is not signed in is asked to, where they are, and then sees what they came for. */
export function Dashboard() {
  const me = useQuery(meQuery);
  const queryClient = useQueryClient();
  const isSignedOut = me.error instanceof Problem && me.error.status === 401;
  useEffect(() => {
    if (isSignedOut) {
      // Whoever signs in next must not see what the last one saw.
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meQuery.queryKey[0] });
    }
  }, [isSignedOut, queryClient]);
  if (me.error instanceof Problem && isSignedOut) {
    return <SignInPage hadSession={me.data !== undefined || me.error.code === 'invalid_session'} />;
  }
  return (
    <>
      <TopBar me={me.data} />
      <main id="main">
        {me.data ? <Pages /> : me.error ? <Failure error={me.error} onRetry={me.refetch} /> : <Loading />}
      </main>
    </>
  );
}

function Pages() {
  return (
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
