import { Button } from '@base-ui/react/button';
import type { ComponentProps } from 'react';

interface BusyButtonProps extends Omit<ComponentProps<typeof Button>, 'focusableWhenDisabled'> {
  /** What it says while it is at work. */
  readonly busyText: string;
  readonly isBusy: boolean;
}

/** A button that says what it is doing. It keeps the focus meanwhile, which a disabled one would lose. */
export function BusyButton({ busyText, isBusy, disabled = false, children, ...button }: BusyButtonProps) {
  return (
    <Button focusableWhenDisabled disabled={disabled || isBusy} {...button}>
      {isBusy ? busyText : children}
    </Button>
  );
}
