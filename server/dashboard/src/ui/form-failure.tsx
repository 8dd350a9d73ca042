import { type RefObject, useEffect, useRef } from 'react';
import { Problem } from '../api/client.ts';
import { Failure } from './failure.tsx';

const ALIAS_TAKEN = { alias: 'is taken by another app: choose another one' };

/** What a refusal says of each field, by the field's name. */
export function getFieldFaults(error: Error | null): Readonly<Record<string, string>> {
  if (!(error instanceof Problem)) {
    return {};
  }
  return error.code === 'alias_taken' ? ALIAS_TAKEN : error.fields;
}

/** For the form: a refusal takes the focus to the first field at fault, which reads out what is wrong with it. */
export function useFaultFocus(error: Error | null): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error) {
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    }
  }, [error]);
  return form;
}

/** A refusal that is of no field in particular. */
export function FormFailure({ error }: { readonly error: Error | null }) {
  return error && Object.keys(getFieldFaults(error)).length === 0 ? <Failure error={error} /> : null;
}
