import { type FormEvent, useEffect, useId, useState } from 'react';
import type { CheckFilter } from '../checks/queries.ts';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';

const PAUSE_MS = 500;
const CONCLUSIONS = [
  { value: '', text: 'Any' },
  { value: 'success', text: 'Passed' },
  { value: 'failure', text: 'Failed' },
  { value: 'error', text: 'Could not run' },
  { value: 'cancelled', text: 'Cancelled' },
];

/** The filter that an address asks for. A conclusion that there is none of asks for nothing. */
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
  /** What the field offers to choose from; any other can be typed. */
  readonly branches: readonly string[];
}

export function CheckFilters({ filter, onChange, branches }: CheckFiltersProps) {
  const list = useId();
  const [draft, setDraft] = useState(filter.branch);
  const [known, setKnown] = useState(filter.branch);
  if (known !== filter.branch) {
    // Changed from elsewhere, such as by the browser's Back.
    setKnown(filter.branch);
    setDraft(filter.branch);
  }
  const branch = draft.trim();

  function apply() {
    if (branch !== filter.branch) {
      // Noted here too, so that what is being typed is not taken for a change from elsewhere.
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
