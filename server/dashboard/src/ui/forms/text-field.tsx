import { Field } from '@base-ui/react/field';
import type { ComponentProps } from 'react';

interface TextFieldProps extends Omit<ComponentProps<typeof Field.Control>, 'name' | 'className'> {
  readonly label: string;
  readonly name: string;
  readonly hint?: string | undefined;
  /** What is wrong with the value. */
  readonly error?: string | undefined;
}

/** A labelled text field. Screen readers read its hint and its error with it. */
export function TextField({ label, name, hint, error, ...control }: TextFieldProps) {
  return (
    <Field.Root name={name} className="field" invalid={error !== undefined}>
      <Field.Label>{label}</Field.Label>
      <Field.Control className="input" {...control} />
      {hint && <Field.Description className="hint">{hint}</Field.Description>}
      {error && (
        <Field.Error match className="field-error">
          {label} {error}.
        </Field.Error>
      )}
    </Field.Root>
  );
}
