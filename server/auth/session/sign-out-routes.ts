import { Router } from 'express';
import { assertSameOrigin } from './same-origin.ts';
import type { SessionVerifier } from './session.ts';
import { clearSessionCookies } from './session-cookie.ts';

export interface SignOutRoutesOptions {
  readonly sessions: SessionVerifier;
  readonly publicUrl: string;
}

/** `POST /auth/sign-out`: ends the session in its store. Always removes the browser's session cookies. */
export function createSignOutRoutes({ sessions, publicUrl }: SignOutRoutesOptions): Router {
  const router = Router();
  router.post('/auth/sign-out', async (req, res) => {
    res.set('Cache-Control', 'no-store');
    assertSameOrigin(req, publicUrl);
    const { cookie: cookieHeader } = req.headers;
    res.append('Set-Cookie', clearSessionCookies({ name: sessions.cookieName, publicUrl, cookieHeader }));
    await sessions.end(cookieHeader);
    res.status(204).end();
  });
  return router;
}
