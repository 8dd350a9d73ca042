/**
 * Calls `tell` where the process ends before the function that is returned was called: one that waits for what
 * never comes has nothing left to do, and Node.js would end it as if all were well. A gate must not open for that.
 */
export function detectSilentEnd(tell: (reason: Error) => void): () => void {
  const listener = (): void => tell(new Error('it stopped before it came to an end'));
  process.once('exit', listener);
  return () => process.off('exit', listener);
}
