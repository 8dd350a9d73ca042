import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, useParams } from 'react-router';
import type { App } from '../../../features/apps/schema.ts';
import type { Check } from '../../../features/checks/schema.ts';
import { call } from '../api/client.ts';
import { appQuery } from '../apps/queries.ts';
import { CheckFacts } from '../checks/check-facts.tsx';
import { CheckProgress } from '../checks/check-progress.tsx';
import { CheckWarnings } from '../checks/check-warnings.tsx';
import { Conclusion } from '../checks/conclusion.tsx';
import { formatCounts } from '../checks/describe-check.ts';
import { FlowList } from '../checks/flows/flow-list.tsx';
import { checkPath } from '../checks/queries.ts';
import { TriggerFailure } from '../checks/trigger-failure.tsx';
import { useLiveCheck } from '../checks/use-live-check.ts';
import { useTrigger } from '../checks/use-trigger.ts';
import { useHasRole } from '../organizations/use-has-role.ts';
import { BusyButton } from '../ui/busy-button.tsx';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { Page } from '../ui/page.tsx';
import '../styles/checks.css';

/** `/apps/:app/checks/:check`: one check, live until it ends. */
export function CheckPage() {
  const { app = '', check = '' } = useParams();
  // "Run again" opens another check on this same page. The key resets the state.
  return <CheckView key={`${app}/${check}`} reference={app} id={check} />;
}

function CheckView({ reference, id }: { readonly reference: string; readonly id: string }) {
  const { data: app } = useQuery(appQuery(reference));
  const { data: check, error, refetch } = useLiveCheck(reference, id);
  const trigger = useTrigger(app);
  const canChange = useHasRole(app, 'member');
  return (
    <Page
      title={error && !check ? 'Check' : `Check of ${app?.name ?? reference}`}
      trail={
        <>
          <Link to="/">Apps</Link> / <Link to={`/apps/${reference}`}>{app?.name ?? reference}</Link>
        </>
      }
      actions={canChange && check && <Actions app={reference} check={check} trigger={trigger} />}
    >
      {trigger.error && app && <TriggerFailure app={app} error={trigger.error} />}
      {error && <CheckFailure error={error} app={reference} onRetry={refetch} />}
      {!check && !error && <Loading />}
      {check && <CheckState check={check} app={app} />}
    </Page>
  );
}

interface ActionsProps {
  /** Its id or alias, as in the address. */
  readonly app: string;
  readonly check: Check;
  readonly trigger: ReturnType<typeof useTrigger>;
}

function Actions({ app, check, trigger }: ActionsProps) {
  const [isCancelling, setIsCancelling] = useState(false);
  if (check.conclusion !== null) {
    return (
      <BusyButton
        className="button"
        isBusy={trigger.isPending}
        busyText="Starting…"
        // The metadata of the first trigger, in the fields that a trigger takes.
        onClick={() => trigger.mutate(check.metadata)}
      >
        Run again
      </BusyButton>
    );
  }
  if (isCancelling) {
    return <span className="hint">Cancelling…</span>;
  }
  return (
    <ConfirmButton
      label="Cancel check"
      title="Cancel this check?"
      isDangerous
      onConfirm={async () => {
        await call<Check>(`${checkPath(app, check.id)}/cancel`, { method: 'POST' });
        setIsCancelling(true);
      }}
    >
      <p>It ends within two seconds. A workflow that waits for it sees it as cancelled, and may fail.</p>
    </ConfirmButton>
  );
}

function CheckState({ check, app }: { readonly check: Check; readonly app: App | undefined }) {
  const flows = check.flows ?? [];
  return (
    <>
      <EndNotice check={check} />
      <CheckProgress check={check} />
      <CheckWarnings check={check} />
      <CheckFacts check={check} app={app} />
      <h2>Flows</h2>
      {flows.length > 0 ? (
        <FlowList flows={flows} />
      ) : (
        <p className="hint">{check.conclusion === null ? 'None yet.' : 'None was tried.'}</p>
      )}
    </>
  );
}

/** Announces the end of the check to people who opened the page before it. */
function EndNotice({ check }: { readonly check: Check }) {
  const hasEnded = check.conclusion !== null;
  const [wasLive] = useState(!hasEnded);
  useEffect(() => {
    // The end of the check may have removed the button that had the focus.
    if (hasEnded && wasLive && document.activeElement === document.body) {
      document.querySelector('h1')?.focus();
    }
  }, [hasEnded, wasLive]);
  return (
    <p role="status" className="visually-hidden">
      {hasEnded && wasLive && (
        <>
          The check has ended: <Conclusion check={check} />. {formatCounts(check.counts)}
        </>
      )}
    </p>
  );
}

interface CheckFailureProps {
  readonly error: Error;
  readonly app: string;
  readonly onRetry: () => unknown;
}

function CheckFailure({ error, app, onRetry }: CheckFailureProps) {
  return (
    <>
      <Failure error={error} onRetry={onRetry} />
      <p>
        <Link to={`/apps/${app}`}>Back to the app's checks</Link>
      </p>
    </>
  );
}
