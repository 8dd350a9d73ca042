import type { CheckView } from '../client/answers.ts';
import { formatDuration } from '../lib/text.ts';
import type { Terminal } from './terminal.ts';

/** What the line is made of. */
type Progress = Pick<CheckView, 'status' | 'counts'>;

export interface LiveLine {
  update(check: Progress): void;
  stop(): void;
}

const TICK_MS = 1000;

/** One line that says how far the check is and how long it has taken. It holds no text from outside. */
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
      // Not to keep the process alive: it is the wait for the check that does.
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
