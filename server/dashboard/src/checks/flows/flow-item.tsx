import type { FlowResult } from '../../../../features/checks/schema.ts';
import { formatDuration } from '../../ui/time.tsx';

const LOOKS = {
  failed: { sign: '✕', word: 'Failed' },
  skipped: { sign: '–', word: 'Skipped' },
  passed: { sign: '✓', word: 'Passed' },
} as const;

export function FlowItem({ flow }: { readonly flow: FlowResult }) {
  return (
    <li className={`flow flow-${flow.status}`}>
      <FlowSign status={flow.status} />
      <span className="flow-name">{flow.name}</span>
      <span className="hint">{formatDuration(flow.duration_ms)}</span>
      {flow.error && <p className="flow-error">{flow.error}</p>}
    </li>
  );
}

export function FlowSign({ status }: Pick<FlowResult, 'status'>) {
  const { sign, word } = LOOKS[status];
  return (
    <span className="flow-sign">
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}
