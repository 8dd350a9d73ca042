import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { startTestServer, type TestServer } from '../../helpers/server/server.ts';
import { createCredentials, toCookies } from '../../helpers/server/sign-in.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../../helpers/stand-ins/supabase.ts';

let supabase: Supabase;
let server: TestServer;
/** A person that Supabase does not know yet. */
let ada: ReturnType<typeof createCredentials>;

beforeAll(async () => {
  supabase = await startSupabase();
  server = await startTestServer({
    env: { SUPABASE_URL: supabase.url, SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY },
  });
});
afterAll(async () => {
  await server.stop();
  await supabase.stop();
});
beforeEach(() => {
  ada = createCredentials();
  Object.assign(supabase.settings, {
    autoConfirm: false,
    allowSignUps: true,
    githubEmail: 'octocat@example.com',
  });
  supabase.failAuthWith(undefined);
});

const post = (path: string, body?: object) =>
  request(server.url).post(path).set('Sec-Fetch-Site', 'same-origin').send(body);

const readMe = (cookie: string) => request(server.url).get('/api/me').set('Cookie', cookie);

describe('a password', () => {
  test('signs in, and no script can read its cookies', async () => {
    const { id } = supabase.addUser(ada);
    const answer = await post('/auth/password', ada);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers['cache-control']).toContain('no-store');
    const [cookie, ...more] = answer.headers['set-cookie'] ?? [];
    expect(more).toEqual([]);
    expect(cookie).toMatch(/^sb-127-auth-token=base64-[\w-]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/);
    const me = await readMe(toCookies(answer));
    expect([me.status, me.body.user]).toEqual([200, { id, email: ada.email }]);
  });

  test('gets the same answer if it is wrong as for an account that does not exist', async () => {
    supabase.addUser(ada);
    for (const wrong of [
      { ...ada, password: 'wrong' },
      { ...ada, email: 'eve@example.com' },
    ]) {
      const answer = await post('/auth/password', wrong);
      expect([answer.status, answer.body.code]).toEqual([401, 'sign_in_refused']);
      expect(answer.body.detail).toBe('The email address or the password is wrong.');
      expect(answer.type).toBe('application/problem+json');
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });

  test('is refused if the address is not confirmed, and the answer says to open the email', async () => {
    supabase.addUser({ ...ada, confirmed: false });
    const answer = await post('/auth/password', ada);
    expect([answer.status, answer.body.code]).toEqual([401, 'sign_in_refused']);
    expect(answer.body.detail).toContain('Open the link in the email');
  });

  test.each([
    [{}, ['email', 'password']],
    [{ email: 'ada', password: 'x' }, ['email']],
    [{ email: 'ada@example.com', password: 7 }, ['password']],
    [{ email: 'ada@example.com', password: '' }, ['password']],
  ])('is refused without asking Supabase when the input is invalid: %j', async (body, paths) => {
    const calls = supabase.calls('POST /token?grant_type=password');
    const answer = await post('/auth/password', body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual(paths);
    expect(supabase.calls('POST /token?grant_type=password')).toBe(calls);
  });

  test('replaces the earlier session, including its chunks', async () => {
    supabase.addUser(ada);
    const before = await supabase.createCookie(await supabase.createToken());
    const answer = await post('/auth/password', ada).set('Cookie', before);
    const cookies = [answer.headers['set-cookie'] ?? []].flat().map((cookie) => cookie.slice(0, 24));
    expect(cookies.sort()).toEqual([
      'sb-127-auth-token.0=; Ma',
      'sb-127-auth-token.1=; Ma',
      'sb-127-auth-token=base64',
    ]);
  });
});

describe('a new account', () => {
  test('is signed in at once when the project does not confirm addresses', async () => {
    supabase.settings.autoConfirm = true;
    const answer = await post('/auth/sign-up', ada);
    expect(answer.status).toBe(204);
    expect((await readMe(toCookies(answer))).body.user.email).toBe(ada.email);
    const again = await post('/auth/sign-up', ada);
    expect([again.status, again.body.errors[0].path]).toEqual([400, 'email']);
  });

  test('is sent a link when the project confirms addresses, and the link signs in', async () => {
    const answer = await post('/auth/sign-up', ada);
    expect([answer.status, answer.body.message]).toEqual([202, expect.stringContaining('link')]);
    const back = await openLink(toCookies(answer));
    expect([back.status, back.headers.location]).toEqual([303, '/sign-in']);
    expect((await readMe(toCookies(back))).body.user.email).toBe(ada.email);
  });

  test('is refused in Supabase’s words if the password is weak', async () => {
    const answer = await post('/auth/sign-up', { ...ada, password: 'short' });
    expect([answer.status, answer.body.errors]).toEqual([
      400,
      [{ path: 'password', message: 'should be at least 6 characters' }],
    ]);
  });

  test('is refused when the project does not allow sign-ups', async () => {
    supabase.settings.allowSignUps = false;
    const answer = await post('/auth/sign-up', ada);
    expect([answer.status, answer.body.code]).toEqual([404, 'sign_in_unavailable']);
  });
});

describe('a link by email', () => {
  test('signs in the browser that asked for it, once', async () => {
    const asked = await post('/auth/email-link', { email: ada.email });
    expect(asked.status).toBe(202);
    const verifier = toCookies(asked);
    expect(asked.headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^sb-127-auth-token-code-verifier=[^;]+; Max-Age=86400; Path=\/; HttpOnly; SameSite=Lax$/,
      ),
    ]);
    const email = supabase.emails().at(-1);
    expect([email?.to, new URL(email?.link ?? '').searchParams.get('redirect_to')]).toEqual([
      ada.email,
      `${server.url.replace('127.0.0.1', 'localhost')}/auth/callback`,
    ]);
    const back = await openLink(verifier);
    expect([back.status, back.headers.location]).toEqual([303, '/sign-in']);
    expect(back.headers['cache-control']).toContain('no-store');
    expect(back.headers['set-cookie']).toContainEqual(
      expect.stringMatching(/^sb-127-auth-token-code-verifier=; Max-Age=0; /),
    );
    expect((await readMe(toCookies(back))).body.user.email).toBe(ada.email);
    expect((await openLink(verifier)).headers.location).toBe('/sign-in?error=link_invalid');
  });

  test('is not sent to strangers when sign-ups are not allowed, and the answer does not show it', async () => {
    supabase.settings.allowSignUps = false;
    const sent = supabase.emails().length;
    const unknown = await post('/auth/email-link', { email: ada.email });
    supabase.addUser(ada);
    const known = await post('/auth/email-link', { email: ada.email });
    expect([unknown.status, unknown.body]).toEqual([202, known.body]);
    expect(supabase.emails().length).toBe(sent + 1);
  });

  test('redirects to the error other_browser if another browser opens it', async () => {
    await post('/auth/email-link', { email: ada.email });
    const back = await openLink('');
    expect([back.status, back.headers.location]).toEqual([303, '/sign-in?error=other_browser']);
    expect(back.headers['set-cookie']).toBeUndefined();
  });

  test.each([
    ['code=nonsense', 'link_invalid'],
    ['', 'link_invalid'],
    ['code=', 'link_invalid'],
    ['code=a&code=b', 'link_invalid'],
    ['error=access_denied&error_code=otp_expired&error_description=x', 'link_invalid'],
    ['error=access_denied&error_description=x', 'refused'],
    ['error=server_error&error_code=unexpected_failure', 'unavailable'],
    ['error=https://evil.example', 'link_invalid'],
  ])('redirects with the callback %j to the error %s', async (query, error) => {
    const asked = await post('/auth/email-link', { email: ada.email });
    const back = await request(server.url).get(`/auth/callback?${query}`).set('Cookie', toCookies(asked));
    expect([back.status, back.headers.location]).toEqual([303, `/sign-in?error=${error}`]);
  });

  test('redirects to the error unavailable while Supabase is down', async () => {
    const asked = await post('/auth/email-link', { email: ada.email });
    supabase.failAuthWith({ status: 503 });
    const back = await request(server.url).get('/auth/callback?code=x').set('Cookie', toCookies(asked));
    expect(back.headers.location).toBe('/sign-in?error=unavailable');
  });
});

describe('sign-in with GitHub', () => {
  test('goes through a URL of Supabase and returns signed in', async () => {
    const answer = await post('/auth/github');
    expect([answer.status, answer.body.url]).toEqual([
      200,
      expect.stringContaining(`${supabase.url}/auth/v1/authorize?provider=github`),
    ]);
    const back = await open(answer.body.url, toCookies(answer));
    expect(back.headers.location).toBe('/sign-in');
    expect((await readMe(toCookies(back))).body.user.email).toBe('octocat@example.com');
  });

  test('redirects to the error refused when the person cancels', async () => {
    supabase.settings.githubEmail = null;
    const answer = await post('/auth/github');
    const back = await open(answer.body.url, toCookies(answer));
    expect(back.headers.location).toBe('/sign-in?error=refused');
  });
});

const ROUTES = ['/auth/password', '/auth/sign-up', '/auth/email-link', '/auth/github'];

test.each([...ROUTES, '/auth/sign-out'])(
  '%s accepts only requests of the dashboard’s own pages',
  async (path) => {
    for (const headers of [{}, { 'Sec-Fetch-Site': 'same-site' }, { Origin: 'https://evil.example' }]) {
      const answer = await request(server.url).post(path).set(headers).send(ada);
      expect([answer.status, answer.body.code]).toEqual([403, 'origin_not_allowed']);
    }
    const origin = server.url.replace('127.0.0.1', 'localhost');
    expect((await request(server.url).post(path).set('Origin', origin).send(ada)).status).not.toBe(403);
  },
);

describe.each(ROUTES.slice(0, 3))('%s', (path) => {
  test.each([
    [{ status: 500 }, 503, 'identity_provider_unavailable'],
    [{ status: 503 }, 503, 'identity_provider_unavailable'],
    ['disconnect' as const, 503, 'identity_provider_unavailable'],
    // The answer of Supabase's gateway to a wrong publishable key, which is not the person's mistake.
    [{ status: 401, body: { message: 'Invalid API key' } }, 503, 'identity_provider_unavailable'],
    [{ status: 429, headers: { 'Retry-After': '7' } }, 429, 'too_many_requests'],
  ])('turns Supabase’s answer %j into %i', async (failure, status, code) => {
    supabase.failAuthWith(failure);
    const answer = await post(path, ada);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers['retry-after']).toBe(status === 429 ? '7' : '5');
  });
});

test('answers 503 within 5 s when Supabase does not answer', async () => {
  supabase.failAuthWith('hang');
  const startedAt = Date.now();
  expect((await post('/auth/password', ada)).status).toBe(503);
  expect(Date.now() - startedAt).toBeLessThan(6_500);
}, 10_000);

test('refuses sign-in without a publishable key, and keeps accepting sessions', async () => {
  const without = await startTestServer({ env: { SUPABASE_URL: supabase.url } });
  for (const path of ROUTES) {
    const answer = await request(without.url).post(path).set('Sec-Fetch-Site', 'same-origin').send(ada);
    expect([answer.status, answer.body.code]).toEqual([404, 'sign_in_unavailable']);
    expect(answer.body.detail).toContain('SUPABASE_PUBLISHABLE_KEY');
  }
  const cookie = await supabase.createCookie(await supabase.createToken());
  expect((await request(without.url).get('/api/me').set('Cookie', cookie)).status).toBe(200);
  await without.stop();
});

test('marks cookies Secure when the server is reached by https', async () => {
  supabase.addUser(ada);
  const env = {
    SUPABASE_URL: supabase.url,
    SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY,
    PUBLIC_URL: 'https://checks.example.com',
  };
  const secure = await startTestServer({ env });
  for (const path of ['/auth/password', '/auth/email-link']) {
    const answer = await request(secure.url).post(path).set('Sec-Fetch-Site', 'same-origin').send(ada);
    expect(answer.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; Secure; SameSite=Lax$/);
  }
  await secure.stop();
});

/** Opens the latest emailed link in a browser with these cookies, and returns the server's answer. */
async function openLink(cookies: string): Promise<request.Response> {
  return open(supabase.emails().at(-1)?.link ?? '', cookies);
}

async function open(url: string, cookies: string): Promise<request.Response> {
  const away = await fetch(url, { redirect: 'manual' });
  const { pathname, search } = new URL(away.headers.get('location') ?? '');
  return request(server.url).get(`${pathname}${search}`).set('Cookie', cookies);
}
