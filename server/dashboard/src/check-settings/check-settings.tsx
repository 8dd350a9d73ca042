import { useQuery } from '@tanstack/react-query';
import type { App } from '../../../features/apps/schema.ts';
import { Failure } from '../ui/failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { CheckSettingsForm } from './check-settings-form.tsx';
import { checkSettingsQuery } from './queries.ts';

interface CheckSettingsProps {
  readonly app: App;
  /** Called after the settings have changed. */
  readonly onChange: () => void;
}

/** How the app wants to be checked. */
export function CheckSettings({ app, onChange }: CheckSettingsProps) {
  const { data, error, isPending, refetch } = useQuery({
    ...checkSettingsQuery(app.alias),
    // Read once: an answer that comes while somebody types must not change the form.
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <section className="section" aria-labelledby="check-settings">
      <h2 id="check-settings">Checks</h2>
      {error && <Failure error={error} onRetry={refetch} />}
      {isPending && <Loading />}
      {data && <CheckSettingsForm app={app} settings={data} onChange={onChange} />}
    </section>
  );
}
