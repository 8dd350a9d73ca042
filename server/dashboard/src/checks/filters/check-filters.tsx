import { lazy, Suspense, useCallback } from 'react';
import type { Person } from '../../../../features/organizations/schema.ts';
import { SelectField } from '../../ui/forms/select-field.tsx';
import { TextField } from '../../ui/forms/text-field.tsx';
import { type CheckFilter, CONCLUSIONS } from './check-filter.ts';

/** With the list of suggestions, which is much code, and nobody needs it at once. */
const BranchField = lazy(() =>
  import('./branch-field.tsx').then((field) => ({ default: field.BranchField })),
);

interface CheckFiltersProps {
  readonly filter: CheckFilter;
  readonly onChange: (change: Partial<CheckFilter>) => void;
  /** Suggestions for the field, which takes any other branch too. */
  readonly branches: readonly string[];
  readonly people: readonly Person[];
}

export function CheckFilters({ filter, onChange, branches, people }: CheckFiltersProps) {
  const changeBranch = useCallback(
    (branch: Pick<CheckFilter, 'branch' | 'branchPart'>) => onChange(branch),
    [onChange],
  );
  return (
    <search className="check-filters" aria-label="Filter the checks">
      <Suspense
        fallback={
          <TextField label="Branch" name="branch" value={filter.branch || filter.branchPart} disabled />
        }
      >
        <BranchField value={filter} onChange={changeBranch} branches={branches} />
      </Suspense>
      <SelectField
        label="Conclusion"
        name="conclusion"
        options={CONCLUSIONS}
        value={filter.conclusion}
        onChange={(event) => onChange({ conclusion: event.currentTarget.value })}
      />
      <SelectField
        label="Triggered by"
        name="who"
        options={listTriggers(filter.who, people)}
        value={filter.who}
        onChange={(event) => onChange({ who: event.currentTarget.value })}
      />
    </search>
  );
}

function listTriggers(who: string, people: readonly Person[]) {
  const options = [
    { value: '', text: 'Anyone' },
    { value: 'api_key', text: 'A workflow, by API key' },
    { value: 'schedule', text: 'A schedule' },
    ...people.map(({ id, email }) => ({ value: id, text: email })),
  ];
  return options.some(({ value }) => value === who)
    ? options
    : [...options, { value: who, text: 'Somebody who is no member' }];
}
