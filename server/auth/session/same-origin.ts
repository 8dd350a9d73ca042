import type { Request } from 'express';
import { ApiError } from '../../http/errors.ts';

/** Throws an `ApiError` (403) if a page of another origin may have sent the request. */
export function assertSameOrigin(req: Request, publicUrl: string): void {
  if (!isSameOrigin(req, publicUrl)) {
    throw new ApiError('origin_not_allowed', `A session can make changes from ${publicUrl} only.`);
  }
}

/** `SameSite=Lax` allows sibling subdomains to post, so the browser must say where a change comes from. */
function isSameOrigin(req: Request, publicUrl: string): boolean {
  const site = req.get('Sec-Fetch-Site');
  return site === undefined ? req.get('Origin') === publicUrl : site === 'same-origin';
}
