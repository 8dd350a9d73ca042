import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { App } from '../../../features/apps/schema.ts';
import { call } from '../api/client.ts';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { appPath, appsQuery } from './queries.ts';

interface DeleteAppProps {
  readonly app: App;
  readonly onDeleted: () => void;
}

/** Deletes the app with its checks, its key and its audit log. */
export function DeleteApp({ app, onDeleted }: DeleteAppProps) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return (
    <section className="section" aria-labelledby="delete-app">
      <h2 id="delete-app">Delete this app</h2>
      <p>Its checks, its API key and its audit log go with it, for good.</p>
      <div className="actions">
        <ConfirmButton
          label="Delete app"
          title={`Delete ${app.name}?`}
          isDangerous
          onConfirm={async () => {
            await call(appPath(app.alias), { method: 'DELETE' });
            onDeleted();
            await navigate('/');
            queryClient.removeQueries({ queryKey: ['app'] });
            await queryClient.invalidateQueries(appsQuery);
          }}
        >
          <p>
            All checks of {app.name}, its API key and its audit log are deleted at once. This cannot be
            undone.
          </p>
        </ConfirmButton>
      </div>
    </section>
  );
}
