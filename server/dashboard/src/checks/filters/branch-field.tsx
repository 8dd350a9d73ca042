import { Autocomplete } from '@base-ui/react/autocomplete';
import { Field } from '@base-ui/react/field';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { CheckFilter } from './check-filter.ts';

const PAUSE_MS = 500;

type Branch = Pick<CheckFilter, 'branch' | 'branchPart'>;

interface BranchFieldProps {
  readonly value: Branch;
  readonly onChange: (value: Branch) => void;
  readonly branches: readonly string[];
}

/**
 * A suggestion that is chosen stands for that branch. Typed text is part of the name of any branch; it takes effect
 * after a pause, on Enter, and when the field loses the focus.
 */
export function BranchField({ value, onChange, branches }: BranchFieldProps) {
  const given = value.branch || value.branchPart;
  const [draft, setDraft] = useState(given);
  const [known, setKnown] = useState(given);
  const popups = useRef<HTMLDivElement>(null);
  if (known !== given) {
    // Changed from elsewhere, such as by the browser's Back button.
    setKnown(given);
    setDraft(given);
  }
  const typed = draft.trim();

  function apply(change: Branch) {
    // Set here too, so that this change is not mistaken for one from elsewhere, which would reset the field.
    setKnown(change.branch || change.branchPart);
    onChange(change);
  }

  function applyTyped() {
    if (typed !== given) {
      apply({ branch: '', branchPart: typed });
    }
  }

  useEffect(() => {
    if (typed === given) {
      return;
    }
    const timer = setTimeout(() => {
      setKnown(typed);
      onChange({ branch: '', branchPart: typed });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, given, onChange]);

  return (
    <Field.Root className="field">
      <Field.Label>Branch</Field.Label>
      <Autocomplete.Root items={branches} value={draft} onValueChange={setDraft} openOnInputClick>
        <Autocomplete.Input
          className="input"
          name="branch"
          placeholder="Any, or part of a name"
          spellCheck={false}
          onBlur={applyTyped}
          onKeyDown={(event: KeyboardEvent<HTMLInputElement>) => {
            if (event.key === 'Enter' && !event.currentTarget.getAttribute('aria-activedescendant')) {
              applyTyped();
            }
          }}
        />
        {/* Beside the field, so that screen readers find it within the page's landmarks. */}
        <div ref={popups} className="popups" />
        <Autocomplete.Portal container={popups}>
          <Autocomplete.Positioner className="suggestions" sideOffset={4}>
            {/* Without the library's popup, which hides the rest of the page from screen readers. */}
            <Autocomplete.List className="suggestions-list">
              {(branch: string) => (
                // Chosen with the Enter key, it is clicked too.
                <Autocomplete.Item
                  key={branch}
                  value={branch}
                  className="suggestion"
                  onClick={() => {
                    setDraft(branch);
                    apply({ branch, branchPart: '' });
                  }}
                >
                  <span className="clamped">{branch}</span>
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Positioner>
        </Autocomplete.Portal>
      </Autocomplete.Root>
    </Field.Root>
  );
}
