import type { CheckView } from '../client/answers.ts';
import { formatDuration } from '../lib/text.ts';
import type { Terminal } from './terminal.ts';

/** The content of the line. */
type Progress = Pick<CheckView, 'status' | 'counts'>;

export interface LiveLine {
  update(check: Progress): void;
  stop(): void;
}

const TICK_MS = 1000;

/** Creates the line that shows the progress of the check and the time. It contains no text from outside. */
export function createLiveLine(terminal: Pick<Terminal, 'showLive' | 'clearLive'>): LiveLine {
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let last: Progress | undefined;

  function show(): void {
    if (last !== undefined) {
      terminal.showLive(describe(last, performance.now() - startedAt));
    }
  }

  return {
    update(check) {
      last = check;
      // The timer must not keep the process alive: the wait for the check does that.
      timer ??= setInterval(show, TICK_MS).unref();
      show();
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
      last = undefined;
      terminal.clearLive();
    },
  };
}

function describe({ status, counts }: Progress, ms: number): string {
  const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`;
  const flows = counts.total === 0 ? '' : ` · ${counts.passed} passed, ${counts.failed} failed${skipped}`;
  return `The check is ${status}${flows} · ${formatDuration(Math.floor(ms / 1000) * 1000)}`;
}
