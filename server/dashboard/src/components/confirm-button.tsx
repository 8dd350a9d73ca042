import { AlertDialog } from '@base-ui/react/alert-dialog';
import { type ReactNode, useState } from 'react';
import { Failure } from './failure.tsx';

interface ConfirmButtonProps {
  /** What stands on the button, and on the one that confirms. */
  readonly label: string;
  readonly title: string;
  readonly children: ReactNode;
  readonly isDangerous?: boolean;
  /** Rejects with the reason to show; the dialog then stays open. */
  readonly onConfirm: () => Promise<unknown>;
}

/** A button for what cannot be undone: it asks, and says what will happen. */
export function ConfirmButton({
  label,
  title,
  children,
  isDangerous = false,
  onConfirm,
}: ConfirmButtonProps) {
  const [isOpen, setIsOpen] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<Error>();

  async function confirm() {
    setIsBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      setIsOpen(false);
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
    } finally {
      setIsBusy(false);
    }
  }

  const look = isDangerous ? 'button button-danger' : 'button';
  return (
    <AlertDialog.Root
      open={isOpen}
      onOpenChange={(open) => {
        setIsOpen(open);
        setError(undefined);
      }}
    >
      <AlertDialog.Trigger className={look}>{label}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dialog">
          <AlertDialog.Title className="dialog-title">{title}</AlertDialog.Title>
          <AlertDialog.Description render={<div />}>{children}</AlertDialog.Description>
          {error && <Failure error={error} />}
          <div className="actions">
            <AlertDialog.Close className="button">Keep as it is</AlertDialog.Close>
            <button type="button" className={look} disabled={isBusy} onClick={confirm}>
              {isBusy ? 'One moment…' : label}
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
