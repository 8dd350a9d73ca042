import { type RefObject, useEffect, useRef } from 'react';
import { Problem } from '../../api/client.ts';
import { Failure } from '../failure.tsx';

/** What is wrong with each field, by the field's name. */
export type FieldFaults = Readonly<Record<string, string>>;

export function getFieldFaults(error: Error | null): FieldFaults {
  return error instanceof Problem ? error.fields : {};
}

/** A ref for the form. A refusal moves the focus to the first invalid field, so that its fault is read out. */
export function useFaultFocus(error: Error | null): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error) {
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    }
  }, [error]);
  return form;
}

interface FormFailureProps {
  readonly error: Error | null;
  /** The faults that the fields show; without faults the whole form shows the error. */
  readonly faults: FieldFaults;
}

/** An error that belongs to no field. It gets the focus, since the button that was pressed may be far away. */
export function FormFailure({ error, faults }: FormFailureProps) {
  const place = useRef<HTMLDivElement>(null);
  const isShown = error !== null && Object.keys(faults).length === 0;
  useEffect(() => {
    if (isShown && error) {
      place.current?.focus();
    }
  }, [isShown, error]);
  return isShown ? (
    <div ref={place} tabIndex={-1} className="form-failure">
      <Failure error={error} />
    </div>
  ) : null;
}
