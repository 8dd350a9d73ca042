import { Problem } from '../api/client.ts';
import { type FieldFaults, getFieldFaults } from '../ui/forms/form-failure.tsx';

/** The faults of an app's fields. A taken alias has an error code of its own, and belongs to the field all the same. */
export function getAppFaults(error: Error | null): FieldFaults {
  return error instanceof Problem && error.code === 'alias_taken'
    ? { alias: 'is taken by another app: choose another one' }
    : getFieldFaults(error);
}
