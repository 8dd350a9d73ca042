import { Router } from 'express';
import type { FailedAuthLimit } from '../limits/failed-auth-limit.ts';
import { INVALID_LINK_PAGE, INVALID_LINK_STYLE } from './invalid-link-page.ts';
import type { LocalIssuer } from './local-issuer.ts';

export interface SignInRoutesOptions {
  readonly issuer: LocalIssuer;
  readonly failedAuthLimit: FailedAuthLimit;
}

/** `GET /sign-in?token=…`: the local sign-in link. */
export function createSignInRoutes({ issuer, failedAuthLimit }: SignInRoutesOptions): Router {
  const router = Router();

  router.get('/sign-in/style.css', (_req, res) => {
    res.type('css').send(INVALID_LINK_STYLE);
  });

  // Link previews send HEAD, which must not use up the link.
  router.head('/sign-in', (_req, res) => {
    res.set('Cache-Control', 'no-store').end();
  });

  router.get('/sign-in', async (req, res, next) => {
    res.set('Cache-Control', 'no-store');
    const { token } = req.query;
    if (token === undefined) {
      // Leave it to the dashboard's page, which says how to get a link.
      next();
      return;
    }
    const attempt = { ip: req.ip ?? null };
    failedAuthLimit.assertOpen(attempt);
    const cookies = typeof token === 'string' ? await issuer.signIn(token, req.headers.cookie) : undefined;
    if (!cookies) {
      await failedAuthLimit.countFailure(attempt);
      res.status(401).send(INVALID_LINK_PAGE);
      return;
    }
    res.append('Set-Cookie', [...cookies]);
    res.redirect('/');
  });

  return router;
}
