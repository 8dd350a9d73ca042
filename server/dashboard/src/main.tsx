import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { onSessionEnd } from './api/client.ts';
import { createQueryClient } from './api/query-client.ts';
import { appsQuery } from './apps/queries.ts';
import { Dashboard } from './dashboard.tsx';
import { preloadPages } from './pages/load-page.ts';
import { meQuery } from './session/queries.ts';
import './styles/base.css';
import './styles/components.css';
import './styles/layout.css';

preloadPages();

const queryClient = createQueryClient({
  // An app was removed, or this person's role has changed.
  onGone() {
    void queryClient.invalidateQueries(appsQuery);
    void queryClient.invalidateQueries(meQuery);
  },
});

// Ask again who is signed in: `Dashboard` then shows the sign-in, and nothing of the session that ended.
onSessionEnd(() => {
  const me = queryClient.getQueryState(meQuery.queryKey);
  // Only while idle: the 401 may be the answer to this very query.
  if (me?.status === 'success' && me.fetchStatus === 'idle') {
    void queryClient.invalidateQueries(meQuery);
  }
});

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={queryClient}>
          <BrowserRouter>
            <Dashboard />
          </BrowserRouter>
        </QueryClientProvider>
      </CSPProvider>
    </StrictMode>,
  );
}
