import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import type { App } from '../../../features/apps/schema.ts';
import type { Metadata, TriggerAnswer } from '../../../features/checks/schema.ts';
import { call, Problem } from '../api/client.ts';
import { Failure } from '../ui/failure.tsx';

/** Triggers a check of the app and goes to it. */
export function useTrigger(app: App | undefined) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (metadata: Metadata) =>
      call<TriggerAnswer>(`/api/apps/${app?.alias}/trigger`, { method: 'POST', body: metadata }),
    onSuccess: ({ check_id }) => navigate(`/apps/${app?.alias}/checks/${check_id}`),
  });
}

interface TriggerFailureProps {
  readonly app: App;
  readonly error: Error;
}

/** Why no check was triggered, with the way to mend it where there is one. */
export function TriggerFailure({ app, error }: TriggerFailureProps) {
  return (
    <div>
      <Failure error={error} />
      {error instanceof Problem && error.code === 'app_url_missing' && (
        <p>
          <Link to={`/apps/${app.alias}/settings`}>Set the URL in the settings of {app.name}</Link>
        </p>
      )}
    </div>
  );
}
