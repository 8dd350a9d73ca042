import { type FormEvent, useEffect, useId, useState } from 'react';
import { SelectField } from '../ui/forms/select-field.tsx';
import type { AppSort, AppView, SortOrder } from './arrange-apps.ts';

/** Some browsers refuse many changes of the address within a short time. */
const PAUSE_MS = 300;

const ORDERS: readonly { readonly sort: AppSort; readonly order: SortOrder; readonly text: string }[] = [
  { sort: 'name', order: 'ascending', text: 'Name, A to Z' },
  { sort: 'name', order: 'descending', text: 'Name, Z to A' },
  { sort: 'state', order: 'ascending', text: 'Main branch, failing first' },
  { sort: 'state', order: 'descending', text: 'Main branch, passing first' },
  { sort: 'last_check', order: 'descending', text: 'Last check, newest first' },
  { sort: 'last_check', order: 'ascending', text: 'Last check, oldest first' },
];

interface AppFiltersProps {
  readonly view: AppView;
  /** What is typed, which gets into the address a moment later. */
  readonly search: string;
  readonly onSearch: (search: string) => void;
  readonly onSort: (change: Pick<AppView, 'sort' | 'order'>) => void;
}

/** The search, and the order where the table has no heads to press. */
export function AppFilters({ view, search, onSearch, onSort }: AppFiltersProps) {
  const id = useId();
  return (
    <search>
      <form
        className="app-filters"
        aria-label="Search the apps"
        onSubmit={(event: FormEvent) => event.preventDefault()}
      >
        <div className="field">
          <label htmlFor={id}>Search by name, alias or URL</label>
          {/* The browser's own field: a `TextField` would be a tenth of the scripts that the first page needs. */}
          <input
            id={id}
            className="input"
            name="q"
            type="search"
            value={search}
            onChange={(event) => onSearch(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </div>
        <div className="narrow-sort">
          <SelectField
            label="Sort by"
            options={ORDERS.map(({ sort, order, text }) => ({ value: `${sort} ${order}`, text }))}
            value={`${view.sort} ${view.order}`}
            onChange={(event) => {
              const chosen = ORDERS[event.currentTarget.selectedIndex];
              if (chosen) {
                onSort({ sort: chosen.sort, order: chosen.order });
              }
            }}
          />
        </div>
      </form>
    </search>
  );
}

/** What is typed, and its setter. The address follows after a pause; a change of the address replaces what is typed. */
export function useDraft(
  value: string,
  onChange: (draft: string) => void,
): [string, (draft: string) => void] {
  const [draft, setDraft] = useState(value);
  const [seen, setSeen] = useState(value);
  const [sent, setSent] = useState(value);
  if (seen !== value) {
    setSeen(value);
    if (value !== sent) {
      // Changed from elsewhere, such as by a link.
      setSent(value);
      setDraft(value);
    }
  }
  useEffect(() => {
    if (draft === value) {
      return;
    }
    const timer = setTimeout(() => {
      // The address changes a moment later: until then, and while typing goes on, the draft stays.
      setSent(draft);
      onChange(draft);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft, value, onChange]);
  return [draft, setDraft];
}
