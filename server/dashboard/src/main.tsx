import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { onSessionEnd, Problem } from './api/client.ts';
import { Dashboard } from './dashboard.tsx';
import { meQuery } from './session/queries.ts';
import './styles/base.css';
import './styles/components.css';
import './styles/layout.css';

const RETRIES = 3;

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal stays a refusal. A request that did not get through may succeed next time.
      retry: (failures, error) =>
        failures < RETRIES && error instanceof Problem && (error.status === 0 || error.status >= 500),
      retryDelay: (attempt) => 500 * 2 ** attempt,
      // Ask even while the browser says it is offline: the server may be on this machine.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always', gcTime: 0 },
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
