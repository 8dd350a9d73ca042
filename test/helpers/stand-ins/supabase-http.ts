import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { type CryptoKey, errors, jwtVerify } from 'jose';
import {
  type Account,
  type Accounts,
  AuthRefusal,
  type AuthSession,
  type Flow,
} from './supabase-accounts.ts';

export interface AuthHandlerOptions {
  readonly accounts: Accounts;
  readonly adopted: ReadonlyMap<string, object>;
  readonly publicKey: CryptoKey;
  readonly createToken: (claims: Record<string, unknown>) => Promise<string>;
  readonly getUrl: () => string;
}

type AuthHandler = (req: IncomingMessage, res: ServerResponse, asked: URL, route: string) => Promise<void>;

/** Browsers open these routes themselves, so Supabase's gateway asks for no key. */
const OPEN_ROUTES = new Set(['GET /verify', 'GET /authorize']);
const API_VERSION = 'x-supabase-api-version';

/** The routes of Supabase Auth. A refusal has the format of the request's API version. */
export function createAuthHandler(options: AuthHandlerOptions): AuthHandler {
  return async (req, res, asked, route) => {
    res.setHeader('Content-Type', 'application/json');
    if (!OPEN_ROUTES.has(route) && !String(req.headers.apikey ?? '').startsWith('sb_publishable_')) {
      const message = req.headers.apikey === undefined ? 'No API key found in request' : 'Invalid API key';
      res.writeHead(401).end(JSON.stringify({ message }));
      return;
    }
    try {
      await answer(options, { req, res, asked, route });
    } catch (error) {
      if (!(error instanceof AuthRefusal)) {
        throw error;
      }
      sendRefusal(res, error, req.headers[API_VERSION]);
    }
  };
}

function sendRefusal(
  res: ServerResponse,
  refusal: AuthRefusal,
  version: string | string[] | undefined,
): void {
  const { status, code, message, more } = refusal;
  if (version === undefined) {
    res.writeHead(status).end(JSON.stringify({ code: status, error_code: code, msg: message, ...more }));
    return;
  }
  res.writeHead(status, { [API_VERSION]: version }).end(JSON.stringify({ code, message, ...more }));
}

interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly asked: URL;
  readonly route: string;
}

async function answer(options: AuthHandlerOptions, { req, res, asked, route }: Exchange): Promise<void> {
  const { accounts } = options;
  const body = req.method === 'POST' ? await readBody(req) : {};
  const sendSession = async (session: AuthSession) =>
    res.end(JSON.stringify(await toSessionBody(options, session)));
  const redirectTo = asked.searchParams.get('redirect_to') ?? '';
  switch (route) {
    case 'POST /token?grant_type=password':
      await sendSession(accounts.openSession(accounts.checkPassword(text(body.email), text(body.password))));
      return;
    case 'POST /token?grant_type=refresh_token':
      await sendSession(accounts.refresh(text(body.refresh_token)));
      return;
    case 'POST /token?grant_type=pkce':
      await sendSession(
        accounts.openSession(accounts.exchangeCode(text(body.auth_code), text(body.code_verifier))),
      );
      return;
    case 'POST /signup': {
      const account = accounts.signUp(text(body.email), text(body.password));
      if (account.confirmed && accounts.settings.autoConfirm) {
        await sendSession(accounts.openSession(account));
        return;
      }
      sendLink(options, { account, challenge: text(body.code_challenge) }, redirectTo);
      res.end(JSON.stringify(toUserBody(account)));
      return;
    }
    case 'POST /otp':
      sendLink(
        options,
        { account: accounts.findOrAdd(text(body.email)), challenge: text(body.code_challenge) },
        redirectTo,
      );
      res.end('{}');
      return;
    case 'GET /verify':
      redirectFromLink(accounts, res, { token: asked.searchParams.get('token') ?? '', redirectTo });
      return;
    case 'GET /authorize':
      redirectFromGithub(accounts, res, { challenge: asked.searchParams.get('code_challenge'), redirectTo });
      return;
    case 'GET /user':
      res.end(JSON.stringify(await findUser(options, readBearer(req))));
      return;
    case 'POST /logout':
      accounts.endSession((await findSession(options, readBearer(req))).id);
      res.writeHead(204).end();
      return;
    default:
      res.writeHead(404).end(JSON.stringify({ code: 404, msg: 'Not found' }));
  }
}

function sendLink({ accounts, getUrl }: AuthHandlerOptions, flow: Flow, redirectTo: string): void {
  accounts.sendLink(flow, `${getUrl()}/auth/v1/verify`, redirectTo);
}

function redirectFromLink(
  accounts: Accounts,
  res: ServerResponse,
  { token, redirectTo }: { token: string; redirectTo: string },
): void {
  const code = accounts.openLink(token);
  redirect(
    res,
    redirectTo,
    code === undefined
      ? {
          error: 'access_denied',
          error_code: 'otp_expired',
          error_description: 'Email link is invalid or has expired',
        }
      : { code },
  );
}

function redirectFromGithub(
  accounts: Accounts,
  res: ServerResponse,
  { challenge, redirectTo }: { challenge: string | null; redirectTo: string },
): void {
  const { githubEmail } = accounts.settings;
  if (githubEmail === null) {
    redirect(res, redirectTo, {
      error: 'access_denied',
      error_description: 'The user has denied your application access.',
    });
    return;
  }
  const account = accounts.findOrAdd(githubEmail);
  account.confirmed = true;
  redirect(res, redirectTo, { code: accounts.createCode({ account, challenge }) });
}

function redirect(res: ServerResponse, to: string, query: Record<string, string>): void {
  res.writeHead(303, { Location: `${to}?${new URLSearchParams(query)}` }).end();
}

async function findUser(options: AuthHandlerOptions, token: string): Promise<object> {
  return options.adopted.get(token) ?? toUserBody((await findSession(options, token)).account);
}

async function findSession({ accounts, publicKey }: AuthHandlerOptions, token: string): Promise<AuthSession> {
  try {
    const { payload } = await jwtVerify(token, publicKey);
    return accounts.findSession(String(payload.session_id));
  } catch (error) {
    throw error instanceof errors.JOSEError
      ? new AuthRefusal(403, 'bad_jwt', 'invalid JWT: unable to parse or verify signature')
      : error;
  }
}

function readBearer(req: IncomingMessage): string {
  const token = req.headers.authorization?.replace('Bearer ', '');
  if (token === undefined) {
    throw new AuthRefusal(401, 'no_authorization', 'This endpoint requires a valid Bearer token');
  }
  return token;
}

async function toSessionBody(
  { accounts, createToken }: AuthHandlerOptions,
  session: AuthSession,
): Promise<object> {
  const { account } = session;
  const lifetime = accounts.settings.accessTokenSeconds;
  const exp = Math.floor(Date.now() / 1000) + lifetime;
  return {
    access_token: await createToken({
      sub: account.id,
      email: account.email,
      session_id: session.id,
      iat: exp - lifetime,
      exp,
    }),
    token_type: 'bearer',
    expires_in: lifetime,
    expires_at: exp,
    refresh_token: session.refreshToken,
    user: toUserBody(account),
  };
}

function toUserBody(account: Account): object {
  return {
    id: account.id,
    aud: 'authenticated',
    role: 'authenticated',
    email: account.email,
    ...(account.confirmed && { email_confirmed_at: '2026-01-01T00:00:00Z' }),
    app_metadata: { provider: 'email', providers: ['email'] },
    user_metadata: {},
  };
}

async function readBody(req: IncomingMessage): Promise<Record<string, unknown>> {
  const body = req.headers['content-length'] === '0' ? {} : await json(req).catch(() => ({}));
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
