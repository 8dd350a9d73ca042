import { type FormEvent, useEffect, useId, useState } from 'react';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { CheckFilter } from './queries.ts';

const PAUSE_MS = 500;
const CONCLUSIONS = [
  { value: '', text: 'Any' },
  { value: 'success', text: 'Passed' },
  { value: 'failure', text: 'Failed' },
  { value: 'error', text: 'Could not run' },
  { value: 'cancelled', text: 'Cancelled' },
];

/** The filter of an address. An unknown conclusion is ignored. */
export function readFilter(query: URLSearchParams): CheckFilter {
  const conclusion = query.get('conclusion') ?? '';
  return {
    branch: query.get('branch') ?? '',
    conclusion: CONCLUSIONS.some(({ value }) => value === conclusion) ? conclusion : '',
  };
}

interface CheckFiltersProps {
  readonly filter: CheckFilter;
  readonly onChange: (filter: CheckFilter) => void;
  /** Suggestions for the field, which takes any other branch too. */
  readonly branches: readonly string[];
}

export function CheckFilters({ filter, onChange, branches }: CheckFiltersProps) {
  const list = useId();
  const [draft, setDraft] = useState(filter.branch);
  const [known, setKnown] = useState(filter.branch);
  if (known !== filter.branch) {
    // Changed from elsewhere, such as by the browser's Back button.
    setKnown(filter.branch);
    setDraft(filter.branch);
  }
  const branch = draft.trim();

  function apply() {
    if (branch !== filter.branch) {
      // Set here too, so that this change is not mistaken for one from elsewhere, which would reset the field.
      setKnown(branch);
      onChange({ ...filter, branch });
    }
  }

  useEffect(() => {
    if (branch === filter.branch) {
      return;
    }
    const timer = setTimeout(() => {
      setKnown(branch);
      onChange({ ...filter, branch });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [branch, filter, onChange]);

  return (
    <search>
      <form
        className="check-filters"
        aria-label="Filter the checks"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          apply();
        }}
      >
        <TextField
          label="Branch"
          name="branch"
          list={list}
          value={draft}
          onChange={(event) => setDraft(event.currentTarget.value)}
          onBlur={apply}
          autoComplete="off"
          spellCheck={false}
        />
        <datalist id={list}>
          {branches.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        <SelectField
          label="Conclusion"
          name="conclusion"
          options={CONCLUSIONS}
          value={filter.conclusion}
          onChange={(event) => onChange({ branch, conclusion: event.currentTarget.value })}
        />
      </form>
    </search>
  );
}
