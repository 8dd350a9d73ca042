import { createHash, randomBytes, randomUUID } from 'node:crypto';

export interface SupabaseSettings {
  /** The lifetime of an access token. Below zero it is issued expired. */
  accessTokenSeconds: number;
  /** How long a used refresh token is still accepted, because two tabs may use it at the same time. */
  reuseSeconds: number;
  /** Whether an account can be used before its address is confirmed. */
  autoConfirm: boolean;
  allowSignUps: boolean;
  /** The address that is signed in at GitHub; `null` presses Cancel there. */
  githubEmail: string | null;
}

/** A refusal in Supabase Auth's own words. */
export class AuthRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly more: Record<string, unknown>;
  constructor(status: number, code: string, message: string, more: Record<string, unknown> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}

export interface Account {
  readonly id: string;
  readonly email: string;
  password: string | undefined;
  confirmed: boolean;
}

export interface AuthSession {
  readonly id: string;
  readonly account: Account;
  refreshToken: string;
}

export interface Flow {
  readonly account: Account;
  readonly challenge: string | null;
}

export interface Email {
  readonly to: string;
  /** A link to Supabase, which sends the browser back with a code. */
  readonly link: string;
}

const WEAK_BELOW = 6;

/** The data of Supabase Auth: accounts, sessions with rotating refresh tokens, and pending sign-ins. */
export class Accounts {
  readonly settings: SupabaseSettings = {
    accessTokenSeconds: 3600,
    reuseSeconds: 10,
    autoConfirm: false,
    allowSignUps: true,
    githubEmail: 'octocat@example.com',
  };
  readonly emails: Email[] = [];
  readonly #accounts = new Map<string, Account>();
  readonly #sessions = new Map<string, AuthSession>();
  readonly #usedTokens = new Map<string, { readonly sessionId: string; readonly at: number }>();
  readonly #links = new Map<string, Flow>();
  readonly #codes = new Map<string, Flow>();

  add(email: string, password: string | undefined, confirmed: boolean): Account {
    const account = { id: randomUUID(), email, password, confirmed };
    this.#accounts.set(email, account);
    return account;
  }

  signUp(email: string, password: string): Account {
    if (!this.settings.allowSignUps) {
      throw new AuthRefusal(422, 'signup_disabled', 'Signups not allowed for this instance');
    }
    if (password.length < WEAK_BELOW) {
      throw new AuthRefusal(422, 'weak_password', `Password should be at least ${WEAK_BELOW} characters.`, {
        weak_password: { reasons: ['length'] },
      });
    }
    const known = this.#accounts.get(email);
    if (known && this.settings.autoConfirm) {
      throw new AuthRefusal(422, 'user_already_exists', 'User already registered');
    }
    return known ?? this.add(email, password, this.settings.autoConfirm);
  }

  checkPassword(email: string, password: string): Account {
    const account = this.#accounts.get(email);
    if (account?.password === undefined || account.password !== password) {
      throw new AuthRefusal(400, 'invalid_credentials', 'Invalid login credentials');
    }
    if (!account.confirmed) {
      throw new AuthRefusal(400, 'email_not_confirmed', 'Email not confirmed');
    }
    return account;
  }

  findOrAdd(email: string): Account {
    const account = this.#accounts.get(email);
    if (!account && !this.settings.allowSignUps) {
      throw new AuthRefusal(422, 'otp_disabled', 'Signups not allowed for otp');
    }
    return account ?? this.add(email, undefined, false);
  }

  /** Emails a link to `verifyUrl`. */
  sendLink(flow: Flow, verifyUrl: string, redirectTo: string): void {
    const token = randomBytes(16).toString('hex');
    this.#links.set(token, flow);
    const query = new URLSearchParams({ token, type: 'magiclink', redirect_to: redirectTo });
    this.emails.push({ to: flow.account.email, link: `${verifyUrl}?${query}` });
  }

  /** Returns the code for an emailed link; `undefined` when its token is wrong or used. */
  openLink(token: string): string | undefined {
    const flow = this.#links.get(token);
    this.#links.delete(token);
    if (!flow) {
      return undefined;
    }
    flow.account.confirmed = true;
    return this.createCode(flow);
  }

  createCode(flow: Flow): string {
    const code = randomUUID();
    this.#codes.set(code, flow);
    return code;
  }

  exchangeCode(code: string, verifier: string): Account {
    const flow = this.#codes.get(code);
    if (!flow) {
      throw new AuthRefusal(404, 'flow_state_not_found', 'invalid flow state, no valid flow state found');
    }
    if (createHash('sha256').update(verifier).digest('base64url') !== flow.challenge) {
      throw new AuthRefusal(
        400,
        'bad_code_verifier',
        'code challenge does not match previously saved code verifier',
      );
    }
    this.#codes.delete(code);
    return flow.account;
  }

  openSession(account: Account): AuthSession {
    const session = { id: randomUUID(), account, refreshToken: createRefreshToken() };
    this.#sessions.set(session.id, session);
    return session;
  }

  refresh(refreshToken: string): AuthSession {
    for (const session of this.#sessions.values()) {
      if (session.refreshToken === refreshToken) {
        this.#usedTokens.set(refreshToken, { sessionId: session.id, at: Date.now() });
        session.refreshToken = createRefreshToken();
        return session;
      }
    }
    const used = this.#usedTokens.get(refreshToken);
    const session = this.#sessions.get(used?.sessionId ?? '');
    if (!used || !session) {
      throw new AuthRefusal(400, 'refresh_token_not_found', 'Invalid Refresh Token: Refresh Token Not Found');
    }
    if (Date.now() - used.at >= this.settings.reuseSeconds * 1000) {
      // A token that is used again may have been stolen, so the whole session ends.
      this.#sessions.delete(session.id);
      throw new AuthRefusal(400, 'refresh_token_already_used', 'Invalid Refresh Token: Already Used');
    }
    return session;
  }

  findSession(id: string): AuthSession {
    const session = this.#sessions.get(id);
    if (!session) {
      throw new AuthRefusal(403, 'session_not_found', 'Session from session_id claim in JWT does not exist');
    }
    return session;
  }

  endSession(id: string): void {
    this.#sessions.delete(id);
  }

  endSessionsOf(email: string): void {
    for (const session of this.#sessions.values()) {
      if (session.account.email === email) {
        this.#sessions.delete(session.id);
      }
    }
  }

  countSessions(): number {
    return this.#sessions.size;
  }
}

function createRefreshToken(): string {
  return randomBytes(9).toString('base64url');
}
