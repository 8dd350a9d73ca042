import type { ServerResponse } from 'node:http';

export interface JsonAnswer {
  readonly status: number;
  /** The media type; JSON of no special kind where it is not given. */
  readonly type?: string;
  readonly content: unknown;
}

/** For what is answered thousands of times a second: Express's `res.json` looks the type up and the body over. */
export function sendJson(
  res: ServerResponse,
  { status, type = 'application/json', content }: JsonAnswer,
): void {
  res.statusCode = status;
  res.setHeader('Content-Type', `${type}; charset=utf-8`);
  res.end(JSON.stringify(content));
}
