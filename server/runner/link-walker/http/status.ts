import { STATUS_CODES } from 'node:http';

export const TOO_MANY_REQUESTS = 429;

/** `404 Not Found`, in the standard's words: the server's own may say anything. */
export function showStatus(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
}

/** Whether the status is `2xx`: only those answers contain what was requested. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
