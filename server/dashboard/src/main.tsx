import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { onSessionEnd, Problem } from './api/client.ts';
import { meQuery } from './checks/queries.ts';
import { Dashboard } from './dashboard.tsx';
import './styles/base.css';
import './styles/components.css';
import './styles/layout.css';

const RETRIES = 3;

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // What the server refuses stays refused; what did not get through may do so next time.
      retry: (failures, error) =>
        failures < RETRIES && error instanceof Problem && (error.status === 0 || error.status >= 500),
      retryDelay: (attempt) => 500 * 2 ** attempt,
      // Whether the machine is online is not what tells whether the server can be reached.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always', gcTime: 0 },
  },
});

// Asks once more who is signed in: `Dashboard` then shows the sign-in, and nothing of the session that is over.
onSessionEnd(() => {
  const me = queryClient.getQueryState(meQuery.queryKey);
  // Idle, since the answer to this very question also says that the session is over.
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
