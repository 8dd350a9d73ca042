import { Button } from '@base-ui/react/button';
import type { ComponentProps } from 'react';

interface BusyButtonProps extends Omit<ComponentProps<typeof Button>, 'focusableWhenDisabled'> {
  /** The label while it is busy. */
  readonly busyText: string;
  readonly isBusy: boolean;
}

/** A button that says what it is doing. It keeps the focus while busy; a disabled button would lose it. */
export function BusyButton({ busyText, isBusy, disabled = false, children, ...button }: BusyButtonProps) {
  return (
    <Button focusableWhenDisabled disabled={disabled || isBusy} {...button}>
      {isBusy ? busyText : children}
    </Button>
  );
}
