import { createHash } from 'node:crypto';
import compression from 'compression';
import type { Request, Response } from 'express';

/** Smaller answers fit into one packet either way. */
const COMPRESSED_FROM = 1_024;
const compress = compression({ threshold: 0 });

/**
 * Sends JSON that clients ask for again and again: with an `ETag`, compressed, and as a `304` without a body to a client
 * that has it already. Only for reads, and only for content without secrets: the size of a compressed answer tells
 * something about its content. Authorize the caller first.
 */
export function sendRevalidated(req: Request, res: Response, content: unknown): void {
  const body = JSON.stringify(content);
  // Weak, since the same tag stands for the plain and for each compressed form.
  res.set('ETag', `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`);
  res.type('json');
  // Browsers add `no-cache` to a page's own `If-None-Match`. It is for caches, but Express would not answer 304.
  delete req.headers['cache-control'];
  if (body.length < COMPRESSED_FROM) {
    res.send(body);
  } else {
    compress(req, res, () => res.send(body));
  }
}
