/** Errors whose message is enough for the person who starts a program. */
const EXPLAINED = ['ConfigError', 'DatabaseStartError', 'ListenError'];

/**
 * What to print about an error that ends a program: the message alone if a person can fix it, else the error itself,
 * which is printed with its stack. By name, since not every program should load the classes.
 */
export function explainStartError(error: unknown): unknown {
  return error instanceof Error && EXPLAINED.includes(error.name) ? error.message : error;
}
