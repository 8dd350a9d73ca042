const CODES = ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'];

/** Whether a package could not be loaded: `npm ci` has removed or replaced it since the process started. */
export function isPackageMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CODES.includes(String(error.code));
}
