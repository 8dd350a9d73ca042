import type { IncomingMessage } from 'node:http';

/**
 * Every value that a header was sent with; `name` is in lower case. Like Node's `headersDistinct`, which is slower
 * because it collects all headers of the request.
 */
export function listHeaderValues({ rawHeaders }: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const sent = rawHeaders[index] ?? '';
    if (sent.length === name.length && sent.toLowerCase() === name) {
      values.push(rawHeaders[index + 1] ?? '');
    }
  }
  return values;
}
