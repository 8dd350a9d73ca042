import { Link } from 'react-router';
import type { App } from '../../../features/apps/schema.ts';
import { Problem } from '../api/client.ts';
import { Failure } from '../ui/failure.tsx';

interface TriggerFailureProps {
  readonly app: App;
  readonly error: Error;
}

/** Why no check was triggered, with a link to where it can be mended. */
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
