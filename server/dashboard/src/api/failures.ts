import { Problem } from './client.ts';

/** Whether the same request may succeed later: no answer came, the server had a fault, or too much was asked of it. */
export function isPassing(error: unknown): boolean {
  return error instanceof Problem && (error.status === 0 || error.status === 429 || error.status >= 500);
}

/** Whether what was asked for is gone, or is no longer for this person. */
export function isGone(error: unknown): boolean {
  return error instanceof Problem && (error.status === 403 || error.status === 404);
}
