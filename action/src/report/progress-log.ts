import type { FlowResult } from '../../../server/features/checks/schema.ts';
import type { CheckView } from '../client/answers.ts';
import { countOf, formatDuration, toLogText } from '../lib/text.ts';

/** The target of the lines: a job's log, or a terminal. */
export interface ProgressLines {
  print(line: string): void;
  openGroup(title: string): void;
  closeGroup(): void;
}

export interface ProgressLog {
  /** Prints what has changed since the last call: the status, and a line for each flow that has ended. */
  tell(check: CheckView): void;
  /** Ends the group of flows, so that later lines are not hidden in it. */
  close(): void;
}

/** Keeps the log readable: the summary and the report file have all flows. */
const MOST_FLOWS = 200;

const SIGNS = { passed: '✓', failed: '✕', skipped: '–' } as const;

function describeFlow({ name, status, error, duration_ms }: FlowResult): string {
  const why = error === null ? '' : `: ${toLogText(error, 300)}`;
  return `${SIGNS[status]} ${toLogText(name, 200)}${why} (${formatDuration(duration_ms)})`;
}

export function createProgressLog(lines: ProgressLines): ProgressLog {
  let status = '';
  let told = 0;
  let linesLeft = MOST_FLOWS;
  let isCut = false;
  let isOpen = false;

  function close(): void {
    if (isOpen) {
      lines.closeGroup();
    }
    isOpen = false;
  }

  function tellFlows({ flows }: CheckView): void {
    // Fewer flows than before: a worker died, and the check has started again.
    if (flows.length < told) {
      told = 0;
    }
    const news = flows.slice(told, told + linesLeft);
    if (news.length > 0 && !isOpen) {
      lines.openGroup(told === 0 ? 'Flows' : 'Flows, continued');
      isOpen = true;
    }
    for (const flow of news) {
      lines.print(describeFlow(flow));
    }
    linesLeft -= news.length;
    if (!isCut && told + news.length < flows.length) {
      isCut = true;
      lines.print(`… and more that are not listed here: ${countOf(flows.length, 'flow')} so far.`);
    }
    told = flows.length;
  }

  return {
    tell(check) {
      if (check.status !== status && check.conclusion === null) {
        close();
        lines.print(`The check is ${check.status}.`);
      }
      status = check.status;
      tellFlows(check);
    },
    close,
  };
}
