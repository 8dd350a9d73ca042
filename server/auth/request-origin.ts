import type { Request } from 'express';

/** Where a request came from, as stored in the audit log. */
export interface RequestOrigin {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

const USER_AGENT_LIMIT = 255;

export function readRequestOrigin(req: Request): RequestOrigin {
  return { ip: req.ip ?? null, userAgent: req.get('User-Agent')?.slice(0, USER_AGENT_LIMIT) ?? null };
}
