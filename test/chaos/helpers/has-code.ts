/**
 * Whether it is a system error with that code. `instanceof` fails: Jest's own `Error` is another class than
 * Node.js's.
 */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
