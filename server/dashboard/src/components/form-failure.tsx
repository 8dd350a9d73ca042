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

/** A refusal that is of no field in particular. */
export function FormFailure({ error }: { readonly error: Error | null }) {
  return error && Object.keys(getFieldFaults(error)).length === 0 ? <Failure error={error} /> : null;
}
