import { Dialog } from '@base-ui/react/dialog';
import { type ReactNode, useState } from 'react';
import { ConfirmDialog } from '../confirm-button.tsx';

interface FormDialogProps {
  /** The label of the button that opens the dialog. */
  readonly label: string;
  readonly isPrimary?: boolean;
  readonly title: string;
  readonly description?: string;
  /** The form. Its Cancel button is a `Dialog.Close`. */
  readonly children: (close: () => void) => ReactNode;
}

/** A button, and a dialog with a form. A click beside the dialog does nothing, and Escape asks if something was typed. */
export function FormDialog({ label, isPrimary = false, title, description, children }: FormDialogProps) {
  const [isOpen, setIsOpen] = useState(false);
  const [isTyped, setIsTyped] = useState(false);
  const [isAsking, setIsAsking] = useState(false);

  function change(open: boolean, details: Dialog.Root.ChangeEventDetails) {
    if (!open && details.reason === 'escape-key' && isTyped) {
      details.cancel();
      setIsAsking(true);
      return;
    }
    setIsTyped(false);
    setIsOpen(open);
  }

  return (
    <Dialog.Root open={isOpen} onOpenChange={change} disablePointerDismissal>
      <Dialog.Trigger className={isPrimary ? 'button button-primary' : 'button'}>{label}</Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog" onInput={() => setIsTyped(true)}>
          <Dialog.Title className="dialog-title">{title}</Dialog.Title>
          {description !== undefined && <Dialog.Description>{description}</Dialog.Description>}
          {children(() => setIsOpen(false))}
          <ConfirmDialog
            label="Discard"
            keepLabel="Go on typing"
            title="Discard what you typed?"
            isDangerous
            isOpen={isAsking}
            onOpenChange={setIsAsking}
            onConfirm={async () => {
              setIsTyped(false);
              setIsOpen(false);
            }}
          >
            <p>Nothing of it is saved.</p>
          </ConfirmDialog>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
