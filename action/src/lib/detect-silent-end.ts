/**
 * Calls `tell` if the process ends before the returned function is called. A process that waits for something that
 * never happens has nothing left to do, and Node.js ends it with exit code 0. A gate must not pass then.
 */
export function detectSilentEnd(tell: (reason: Error) => void): () => void {
  const listener = (): void => tell(new Error('it stopped before its end'));
  process.once('exit', listener);
  return () => process.off('exit', listener);
}
