/** How often to look whether npm has ended, in milliseconds. */
const LOOK_EVERY_MS = 200;

/** The scripts whose processes should not outlive npm. */
const NPM_SCRIPTS = ['start', 'runner'];

/** The process that started this one. It is another one once that has ended. */
const parent = process.ppid;

/** Calls `onSignal` with each SIGINT and SIGTERM. The end of npm, where npm started this process, counts as a SIGTERM. */
export function listenForStop(onSignal: (signal: NodeJS.Signals) => void): void {
  const isOfNpm = NPM_SCRIPTS.includes(process.env.npm_lifecycle_event ?? '');
  const watch = isOfNpm ? watchParent(() => onSignal('SIGTERM')) : undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      clearInterval(watch);
      onSignal(signal);
    });
  }
}

/**
 * npm runs a script in a shell and sends its own signals to that shell. Debian's shell ends without passing them on, so
 * its end is all that this process can notice. Does not work on Windows, where a process keeps the number of its parent.
 */
function watchParent(onEnded: () => void): NodeJS.Timeout {
  const timer = setInterval(() => {
    if (process.ppid !== parent) {
      clearInterval(timer);
      onEnded();
    }
  }, LOOK_EVERY_MS);
  return timer.unref();
}
