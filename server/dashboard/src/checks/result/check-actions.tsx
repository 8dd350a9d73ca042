import { useState } from 'react';
import type { Check } from '../../../../features/checks/schema.ts';
import { call } from '../../api/client.ts';
import { BusyButton } from '../../ui/busy-button.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { checkPath } from '../queries.ts';
import type { useTrigger } from '../use-trigger.ts';

interface CheckActionsProps {
  /** Its id or alias, as in the address. */
  readonly app: string;
  readonly check: Check;
  readonly trigger: ReturnType<typeof useTrigger>;
}

/** Cancels a check that runs, and repeats one that has ended. */
export function CheckActions({ app, check, trigger }: CheckActionsProps) {
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
