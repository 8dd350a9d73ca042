import { useState } from 'react';
import type { FlowResult } from '../../../features/checks/schema.ts';
import { formatDuration } from '../ui/time.tsx';

const LOOKS = {
  failed: { rank: 0, sign: '✕', word: 'Failed' },
  skipped: { rank: 1, sign: '–', word: 'Skipped' },
  passed: { rank: 2, sign: '✓', word: 'Passed' },
} as const;
/** Flows that did not fail and are shown at first. A few hundred would hide what matters, and slow the page. */
const MOST_AT_FIRST = 50;

/** The flows of a check, failed flows first. */
export function FlowList({ flows }: { readonly flows: readonly FlowResult[] }) {
  const [isWhole, setIsWhole] = useState(false);
  // The place is the key: a flow has no id, and the server only adds at the end.
  const sorted = flows
    .map((flow, place) => ({ flow, place }))
    .sort((a, b) => LOOKS[a.flow.status].rank - LOOKS[b.flow.status].rank);
  const failed = sorted.filter(({ flow }) => flow.status === 'failed').length;
  const isLong = flows.length > failed + MOST_AT_FIRST;
  const shown = isLong && !isWhole ? sorted.slice(0, failed + MOST_AT_FIRST) : sorted;
  return (
    <>
      <ul className="flows" id="flows">
        {shown.map(({ flow, place }) => (
          <FlowItem key={place} flow={flow} />
        ))}
      </ul>
      {isLong && (
        <div className="actions">
          <button
            type="button"
            className="button"
            aria-expanded={isWhole}
            aria-controls="flows"
            onClick={() => setIsWhole(!isWhole)}
          >
            {isWhole ? 'Show fewer' : `Show all ${flows.length}`}
          </button>
        </div>
      )}
    </>
  );
}

function FlowItem({ flow }: { readonly flow: FlowResult }) {
  const { sign, word } = LOOKS[flow.status];
  return (
    <li className={`flow flow-${flow.status}`}>
      <span className="flow-sign">
        <span aria-hidden="true">{sign}</span> {word}
      </span>
      <span className="flow-name">{flow.name}</span>
      <span className="hint">{formatDuration(flow.duration_ms)}</span>
      {flow.error && <p className="flow-error">{flow.error}</p>}
    </li>
  );
}
