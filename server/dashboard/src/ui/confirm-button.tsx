import { AlertDialog } from '@base-ui/react/alert-dialog';
import { type ReactNode, type RefObject, useRef, useState } from 'react';
import { toError } from '../api/client.ts';
import { BusyButton } from './busy-button.tsx';
import { Failure } from './failure.tsx';

interface ConfirmProps {
  /** The label of the button, and of the one that confirms. */
  readonly label: string;
  /** The label of the button that does not. */
  readonly keepLabel?: string;
  readonly title: string;
  readonly children: ReactNode;
  readonly isDangerous?: boolean;
  /** A rejection keeps the dialog open and shows the reason. */
  readonly onConfirm: () => Promise<unknown>;
  /** Gets the focus after the confirmation, if that removes the button. */
  readonly focusAfter?: RefObject<HTMLElement | null>;
}

interface ConfirmButtonProps extends ConfirmProps {
  /** Names the row of the button for screen readers. */
  readonly subject?: string;
}

/** A button for what cannot be undone: it asks first, and says what will happen. */
export function ConfirmButton({ subject, ...props }: ConfirmButtonProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <ConfirmDialog
      {...props}
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      trigger={
        <AlertDialog.Trigger className={getLook(props)}>
          {props.label}
          {subject !== undefined && <span className="visually-hidden"> {subject}</span>}
        </AlertDialog.Trigger>
      }
    />
  );
}

interface ConfirmDialogProps extends ConfirmProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly trigger?: ReactNode;
}

/** The dialog of a `ConfirmButton`, for actions that another control starts. */
export function ConfirmDialog({ isOpen, onOpenChange, trigger, ...props }: ConfirmDialogProps) {
  const { label, keepLabel = 'Keep as it is', title, children, onConfirm, focusAfter } = props;
  const isConfirmed = useRef(false);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<Error>();

  async function confirm() {
    setIsBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      isConfirmed.current = true;
      onOpenChange(false);
    } catch (cause) {
      setError(toError(cause));
    } finally {
      setIsBusy(false);
    }
  }

  return (
    <AlertDialog.Root
      open={isOpen}
      onOpenChange={(open) => {
        isConfirmed.current = false;
        onOpenChange(open);
        setError(undefined);
      }}
    >
      {trigger}
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup
          className="dialog"
          finalFocus={() => (isConfirmed.current && focusAfter?.current) || true}
        >
          <AlertDialog.Title className="dialog-title">{title}</AlertDialog.Title>
          <AlertDialog.Description render={<div />}>{children}</AlertDialog.Description>
          {error && <Failure error={error} />}
          <div className="actions">
            <AlertDialog.Close className="button">{keepLabel}</AlertDialog.Close>
            <BusyButton className={getLook(props)} isBusy={isBusy} busyText="One moment…" onClick={confirm}>
              {label}
            </BusyButton>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

function getLook({ isDangerous = false }: ConfirmProps): string {
  return isDangerous ? 'button button-danger' : 'button';
}
