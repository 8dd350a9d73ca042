import { type ComponentProps, useId } from 'react';

interface SelectFieldProps extends Omit<ComponentProps<'select'>, 'id' | 'className'> {
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  /** Shows the label to screen readers only, where the column or the row already says it. */
  readonly isLabelHidden?: boolean;
  /** What is wrong with the choice. */
  readonly error?: string | undefined;
}

/** A labelled choice. Uses the browser's own control, which suits each device best. */
export function SelectField({ label, options, isLabelHidden = false, error, ...select }: SelectFieldProps) {
  const id = useId();
  const faultId = `${id}-fault`;
  return (
    <div className="field">
      <label htmlFor={id} className={isLabelHidden ? 'visually-hidden' : undefined}>
        {label}
      </label>
      <select
        id={id}
        className="input"
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={error === undefined ? undefined : faultId}
        {...select}
      >
        {options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      {error !== undefined && (
        <div id={faultId} className="field-error">
          {label} {error}.
        </div>
      )}
    </div>
  );
}
