import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { App } from '../../../features/apps/schema.ts';
import type { Check, Comparison } from '../../../features/checks/schema.ts';
import { Problem } from '../api/client.ts';
import { appQuery } from '../apps/queries.ts';
import { CheckFacts } from '../checks/check-facts.tsx';
import { CheckProgress } from '../checks/check-progress.tsx';
import { CheckWarnings } from '../checks/check-warnings.tsx';
import { describeState } from '../checks/conclusion.tsx';
import { FlowList } from '../checks/flows/flow-list.tsx';
import { getCheckState } from '../checks/get-check-state.ts';
import { comparisonQuery } from '../checks/queries.ts';
import { CheckActions } from '../checks/result/check-actions.tsx';
import { EndNotice } from '../checks/result/end-notice.tsx';
import { getCheckTitle } from '../checks/result/get-check-title.ts';
import { useTabIcon } from '../checks/result/use-tab-icon.ts';
import { TriggerFailure } from '../checks/trigger-failure.tsx';
import { useLiveCheck } from '../checks/use-live-check.ts';
import { useTrigger } from '../checks/use-trigger.ts';
import { useHasRole } from '../organizations/use-has-role.ts';
import { Failure } from '../ui/failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { Page } from '../ui/page.tsx';
import '../styles/check.css';

/** `/apps/:app/checks/:check`: one check, live until it ends. */
export function CheckPage() {
  const { app = '', check = '' } = useParams();
  // "Run again" opens another check on this same page. The key resets the state.
  return <CheckView key={`${app}/${check}`} reference={app} id={check} />;
}

function CheckView({ reference, id }: { readonly reference: string; readonly id: string }) {
  const { data: app } = useQuery(appQuery(reference));
  const { data, error, refetch } = useLiveCheck(reference, id);
  // Asked with the check: a failure then comes to the place where it stays.
  const comparison = useQuery(comparisonQuery(reference, id));
  // A check that is gone, or that this person may not see any more, is not shown any more either.
  const check = error ? undefined : data;
  // Its data is removed with it.
  const [wasShown, setWasShown] = useState(false);
  if (check && !wasShown) {
    setWasShown(true);
  }
  const trigger = useTrigger(app);
  const canChange = useHasRole(app, 'member');
  useTabIcon(check && getCheckState(check));
  return (
    <Page
      title={check ? getCheckTitle(check, app?.name ?? reference) : 'Check'}
      tabState={check && describeState(check)}
      trail={
        <>
          <Link to="/">Apps</Link> / <Link to={`/apps/${reference}`}>{app?.name ?? reference}</Link>
        </>
      }
      actions={canChange && check && <CheckActions app={reference} check={check} trigger={trigger} />}
    >
      {trigger.error && app && <TriggerFailure app={app} error={trigger.error} />}
      {error && <CheckFailure error={error} app={reference} wasShown={wasShown} onRetry={refetch} />}
      {!check && !error && <Loading />}
      {check && <CheckContent check={check} app={app} reference={reference} comparison={comparison} />}
    </Page>
  );
}

interface CheckContentProps {
  readonly check: Check;
  readonly app: App | undefined;
  readonly reference: string;
  readonly comparison: Pick<UseQueryResult<Comparison>, 'data' | 'error' | 'refetch'>;
}

function CheckContent({ check, app, reference, comparison }: CheckContentProps) {
  const flows = check.flows ?? [];
  return (
    <>
      <EndNotice check={check} />
      <CheckProgress check={check} />
      {flows.length > 0 ? (
        <FlowList flows={flows} comparison={comparison.data} />
      ) : (
        <p className="hint">{check.conclusion === null ? 'No flow has ended yet.' : 'No flow was tried.'}</p>
      )}
      {comparison.error && check.counts.failed > 0 && (
        <p className="hint">
          What failed could not be compared with the main branch.{' '}
          <button type="button" className="link-button" onClick={() => comparison.refetch()}>
            Compare again
          </button>
        </p>
      )}
      <CheckWarnings check={check} app={reference} />
      <h2>About this check</h2>
      <CheckFacts check={check} app={app} />
    </>
  );
}

interface CheckFailureProps {
  readonly error: Error;
  readonly app: string;
  /** Whether the check was there before. */
  readonly wasShown: boolean;
  readonly onRetry: () => unknown;
}

function CheckFailure({ error, app, wasShown, onRetry }: CheckFailureProps) {
  const isAppGone = error instanceof Problem && error.code === 'app_not_found';
  return (
    <>
      <Failure error={error} onRetry={onRetry} />
      {wasShown && <p>It was here until a moment ago: it was removed, or you may not see it any more.</p>}
      <p>
        {isAppGone ? (
          <Link to="/">Your apps</Link>
        ) : (
          <Link to={`/apps/${app}`}>Back to the app's checks</Link>
        )}
      </p>
    </>
  );
}
