import type { AuthError } from '@supabase/supabase-js';
import { type Request, type Response, Router } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import { ApiError } from '../../http/errors.ts';
import { emailSchema } from '../../http/field-schemas.ts';
import { parseInput } from '../../http/parse-input.ts';
import { readJsonObject } from '../../http/read-body.ts';
import { assertSameOrigin } from '../session/same-origin.ts';
import { createSupabaseCall, type SupabaseCall, type SupabaseProject } from './supabase-client.ts';
import { describe, isRefusedByGateway, isUnavailable, toSignInError } from './supabase-error.ts';

export interface SupabaseRoutesOptions {
  readonly url: string;
  /** Without it nobody can sign in here. */
  readonly publishableKey: string | undefined;
  readonly publicUrl: string;
  readonly logger: Logger;
}

/** Why a person who comes back from Supabase is not signed in. The sign-in page has a sentence for each. */
type CallbackError = 'link_invalid' | 'other_browser' | 'refused' | 'unavailable';

const addressSchema = z.object({ email: emailSchema });
const credentialsSchema = addressSchema.extend({
  password: z.string().min(1, { error: 'is required' }).max(1024),
});

const LINK_SENT_TO_KNOWN =
  'If you can sign in with this address, we sent it a link. Open it in this browser.';
const LINK_SENT = 'Open the link we sent to your email address, in this browser.';

/** `/auth/…`: signs people in with Supabase on the server, so that a page never holds a token. */
export function createSupabaseRoutes({
  url,
  publishableKey,
  publicUrl,
  logger,
}: SupabaseRoutesOptions): Router {
  const router = Router();
  const project = publishableKey === undefined ? undefined : { url, publishableKey, publicUrl };
  const redirectTo = `${publicUrl}/auth/callback`;

  router.use('/auth', (_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });

  /** A sign-in from the dashboard's own page. `check` adds the cookies to the answer, even if the sign-in failed. */
  function begin(req: Request, res: Response): SupabaseCall & { check(error: AuthError | null): void } {
    const call = createSupabaseCall(assertSignIn(project), req.headers.cookie);
    return {
      ...call,
      check(error) {
        sendCookies(call, res);
        if (error) {
          throw toSignInError(error, call.getFailure());
        }
      },
    };
  }

  async function readInput<Schema extends z.ZodType>(req: Request, res: Response, schema: Schema) {
    assertSameOrigin(req, publicUrl);
    assertSignIn(project);
    return parseInput(schema, await readJsonObject(req, res));
  }

  router.post('/auth/password', async (req, res) => {
    const credentials = await readInput(req, res, credentialsSchema);
    const { auth, check } = begin(req, res);
    check((await auth.signInWithPassword(credentials)).error);
    res.status(204).end();
  });

  router.post('/auth/sign-up', async (req, res) => {
    const credentials = await readInput(req, res, credentialsSchema);
    const { auth, check } = begin(req, res);
    const { data, error } = await auth.signUp({ ...credentials, options: { emailRedirectTo: redirectTo } });
    check(error);
    if (data.session) {
      res.status(204).end();
    } else {
      res.status(202).json({ message: LINK_SENT });
    }
  });

  router.post('/auth/email-link', async (req, res) => {
    const { email } = await readInput(req, res, addressSchema);
    const { auth, check } = begin(req, res);
    const { error } = await auth.signInWithOtp({ email, options: { emailRedirectTo: redirectTo } });
    // If Supabase accepts no new accounts, it refuses unknown addresses. Do not pass that on: it would reveal who has
    // an account.
    check(error?.code === 'otp_disabled' ? null : error);
    res.status(202).json({ message: LINK_SENT_TO_KNOWN });
  });

  router.post('/auth/github', async (req, res) => {
    assertSameOrigin(req, publicUrl);
    const { auth, check } = begin(req, res);
    const { data, error } = await auth.signInWithOAuth({
      provider: 'github',
      options: { redirectTo, skipBrowserRedirect: true },
    });
    check(error);
    res.json({ url: data.url });
  });

  router.get('/auth/callback', async (req, res) => {
    const error = await answerCallback({ project, logger }, req, res);
    res.redirect(303, error === undefined ? '/sign-in' : `/sign-in?error=${error}`);
  });

  return router;
}

/** Exchanges the code of Supabase's redirect for a session. Resolves with the reason if that fails. */
async function answerCallback(
  { project, logger }: { project: SupabaseProject | undefined; logger: Logger },
  req: Request,
  res: Response,
): Promise<CallbackError | undefined> {
  const { code, error, error_code: errorCode } = req.query;
  if (!project) {
    return 'unavailable';
  }
  if (typeof code !== 'string' || code === '') {
    return toCallbackError(error, errorCode);
  }
  const call = createSupabaseCall(project, req.headers.cookie);
  const answer = await call.auth.exchangeCodeForSession(code);
  sendCookies(call, res);
  if (!answer.error) {
    return undefined;
  }
  if (answer.error.code === 'pkce_code_verifier_not_found') {
    return 'other_browser';
  }
  if (answer.error.status === 429 || isUnavailable(answer.error) || isRefusedByGateway(answer.error)) {
    logger.error(
      {
        request_id: res.getHeader('X-Request-Id'),
        err: describe(answer.error, call.getFailure()),
      },
      'identity_provider_unavailable',
    );
    return 'unavailable';
  }
  return 'link_invalid';
}

/** Supabase sends `access_denied` for an expired link too, so check the error code as well. */
function toCallbackError(error: unknown, errorCode: unknown): CallbackError {
  if (error === 'access_denied' && (errorCode === undefined || errorCode === 'access_denied')) {
    return 'refused';
  }
  return error === 'server_error' || error === 'temporarily_unavailable' ? 'unavailable' : 'link_invalid';
}

function sendCookies(call: SupabaseCall, res: Response): void {
  res.set(call.getHeaders());
  const cookies = call.getSetCookies();
  if (cookies.length > 0) {
    res.append('Set-Cookie', [...cookies]);
  }
}

function assertSignIn(project: SupabaseProject | undefined): SupabaseProject {
  if (!project) {
    throw new ApiError(
      'sign_in_unavailable',
      'Nobody can sign in here yet. Set SUPABASE_PUBLISHABLE_KEY and start the server again.',
    );
  }
  return project;
}
