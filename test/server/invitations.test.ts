import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { asAdmin } from '../helpers/requests.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { signInPerson, type TestPerson } from '../helpers/sign-in.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../helpers/supabase.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let supabase: Supabase;
let server: TestServer;
let ada: TestPerson;
let org: string;
let at: string;

beforeAll(async () => {
  supabase = await startSupabase();
  server = await startTestServer({
    env: { SUPABASE_URL: supabase.url, SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY },
  });
  ada = await signInPerson(supabase, server);
});
afterAll(async () => {
  await server.stop();
  await supabase.stop();
});
beforeEach(async () => {
  org = await createOrganization();
  at = `/api/organizations/${org}`;
});

async function createOrganization(): Promise<string> {
  return (await asAdmin(server, 'post', '/api/organizations', ada.cookie).send({ name: 'Acme' })).body.id;
}

const createEmail = () => `${randomUUID()}@example.com`;
const invite = (email: string, role?: string, { cookie } = ada, path = at) =>
  asAdmin(server, 'post', `${path}/invitations`, cookie).send({ email, role });
const listInvitations = async ({ cookie } = ada) =>
  (await asAdmin(server, 'get', `${at}/invitations`, cookie)).body.invitations;
const listMembers = async () => (await asAdmin(server, 'get', `${at}/members`, ada.cookie)).body.members;
const readMe = (cookie: string) => asAdmin(server, 'get', '/api/me', cookie);
const readRole = async ({ cookie }: { cookie: string }): Promise<string | undefined> =>
  (await readMe(cookie)).body.organizations.find(({ id }: { id: string }) => id === org)?.role;
const expire = () =>
  server.query(`update invitations set expires_at = now() where organization_id = $1`, [org]);

/** A session of somebody whose address at the identity provider is this one. */
const createSession = async (sub: string, email: string | undefined) => ({
  cookie: await supabase.createCookie(await supabase.createToken({ sub, email })),
});

describe('an address with an account here', () => {
  test('belongs at once, whatever its case', async () => {
    const bob = await signInPerson(supabase, server);
    const answer = await invite(` ${bob.email.toUpperCase()} `, 'viewer');
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      member: { user: { id: bob.id, email: bob.email }, role: 'viewer', created_at: expect.any(String) },
      invitation: null,
    });
    expect(answer.headers.location).toBe(`${at}/members/${bob.id}`);
    expect(await readRole(bob)).toBe('viewer');
    expect(await listMembers()).toContainEqual(answer.body.member);
    expect(await listInvitations()).toEqual([]);
  });

  test('is taken whatever its case here, and joins as member unless said otherwise', async () => {
    const bob = await signInPerson(supabase, server, createEmail().replace('@example.com', '@EXAMPLE.com'));
    const answer = await invite(bob.email.toLowerCase());
    expect(answer.body.member).toMatchObject({ user: { id: bob.id }, role: 'member' });
  });

  test('that belongs already: 409, and the role stays', async () => {
    const bob = await signInPerson(supabase, server);
    await invite(bob.email, 'viewer');
    for (const [email, role] of [
      [bob.email, 'admin'],
      [ada.email, 'viewer'],
    ] as const) {
      const answer = await invite(email, role);
      expect([answer.status, answer.body.code]).toEqual([409, 'already_member']);
    }
    expect([await readRole(ada), await readRole(bob)]).toEqual(['admin', 'viewer']);
  });

  test('that several have means the newest of them', async () => {
    const email = createEmail();
    const [older, newer] = [
      await signInPerson(supabase, server, email),
      await signInPerson(supabase, server, email),
    ];
    await server.query(`update users set created_at = now() - interval '1 day' where id = $1`, [older.id]);
    expect((await invite(email)).body.member.user.id).toBe(newer.id);
    expect((await invite(email)).status).toBe(409);
    expect(await readRole(older)).toBeUndefined();
  });

  test('joins once when two admins invite it at the same moment', async () => {
    const bob = await signInPerson(supabase, server);
    const answers = await Promise.all([invite(bob.email), invite(bob.email), invite(bob.email)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });
});

describe('any other address', () => {
  test('waits for 7 days', async () => {
    const email = createEmail();
    const answer = await invite(email.toUpperCase(), 'admin');
    expect(answer.status).toBe(201);
    const { invitation } = answer.body;
    expect(answer.body).toEqual({
      member: null,
      invitation: {
        id: expect.any(String),
        email,
        role: 'admin',
        invited_by: { id: ada.id, email: ada.email },
        created_at: expect.any(String),
        expires_at: expect.any(String),
      },
    });
    expect(Date.parse(invitation.expires_at) - Date.parse(invitation.created_at)).toBe(7 * DAY_MS);
    expect(answer.headers.location).toBe(`${at}/invitations/${invitation.id}`);
    expect(await listInvitations()).toEqual([invitation]);
    expect(await listMembers()).toHaveLength(1);
  });

  test('that is invited again is renewed: role, expiry and inviter', async () => {
    const bob = await signInPerson(supabase, server);
    await invite(bob.email, 'admin');
    const email = createEmail();
    const first = (await invite(email, 'viewer')).body.invitation;
    await server.query(`update invitations set expires_at = expires_at - interval '1 day' where id = $1`, [
      first.id,
    ]);
    const again = await invite(email, 'admin', bob);
    expect(again.status).toBe(201);
    expect(again.body.invitation).toMatchObject({
      id: first.id,
      role: 'admin',
      invited_by: { id: bob.id, email: bob.email },
    });
    expect(Date.parse(again.body.invitation.expires_at)).toBeGreaterThanOrEqual(Date.parse(first.expires_at));
    expect(await listInvitations()).toEqual([again.body.invitation]);
  });

  test('waits once when it is invited twice at the same moment', async () => {
    const email = createEmail();
    const answers = await Promise.all([invite(email), invite(email), invite(email)]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(await listInvitations()).toHaveLength(1);
  });

  test('is listed no longer once it expired, can be invited again, and makes room for others', async () => {
    const [email, other] = [createEmail(), createEmail()];
    const { id } = (await invite(email)).body.invitation;
    await expire();
    expect(await listInvitations()).toEqual([]);
    const gone = await asAdmin(server, 'delete', `${at}/invitations/${id}`, ada.cookie);
    expect([gone.status, gone.body.code]).toEqual([404, 'invitation_not_found']);
    expect((await invite(email)).status).toBe(201);
    expect(await listInvitations()).toHaveLength(1);
    await expire();
    await invite(other);
    const { rows } = await server.query('select email from invitations where organization_id = $1', [org]);
    expect(rows).toEqual([{ email: other }]);
  });

  test('can be taken back by an admin, once', async () => {
    const email = createEmail();
    const { id } = (await invite(email)).body.invitation;
    const takeBack = (invitation: string, path = at) =>
      asAdmin(server, 'delete', `${path}/invitations/${invitation}`, ada.cookie);
    const elsewhere = await takeBack(id, `/api/organizations/${await createOrganization()}`);
    expect([elsewhere.status, elsewhere.body.code]).toEqual([404, 'invitation_not_found']);
    expect((await takeBack(id.toUpperCase())).status).toBe(204);
    for (const unknown of [id, randomUUID(), 'ada', '%00']) {
      const answer = await takeBack(unknown);
      expect([answer.status, answer.body.code]).toEqual([404, 'invitation_not_found']);
    }
    expect(await readRole(await signInPerson(supabase, server, email))).toBeUndefined();
  });

  test.each([
    ['without an address', {}, 'email'],
    ['with null', { email: null }, 'email'],
    ['with a number', { email: 7 }, 'email'],
    ['with an empty address', { email: '' }, 'email'],
    ['with no address', { email: 'ada' }, 'email'],
    ['with two addresses', { email: 'ada@example.com,bob@example.com' }, 'email'],
    ['with a name', { email: 'Ada <ada@example.com>' }, 'email'],
    ['with a NUL', { email: 'a\u0000da@example.com' }, 'email'],
    ['with half a character', { email: '\ud800@example.com' }, 'email'],
    ['with a long address', { email: `${'x'.repeat(320)}@example.com` }, 'email'],
    ['with an unknown role', { email: 'ada@example.com', role: 'owner' }, 'role'],
    ['with no role', { email: 'ada@example.com', role: null }, 'role'],
  ])('cannot be invited %s', async (_case, body, path) => {
    const answer = await asAdmin(server, 'post', `${at}/invitations`, ada.cookie).send(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.errors).toContainEqual({ path, message: expect.any(String) });
    expect(await listInvitations()).toEqual([]);
  });
});

describe('a first sign-in', () => {
  test('takes what waits for its address everywhere, besides an organization of one’s own', async () => {
    const email = createEmail();
    await invite(email, 'viewer');
    const second = await createOrganization();
    await invite(email, 'admin', ada, `/api/organizations/${second}`);
    await invite(createEmail(), 'admin');
    const bob = await signInPerson(supabase, server, email.toUpperCase());
    const { organizations } = (await readMe(bob.cookie)).body;
    expect(organizations).toHaveLength(3);
    expect(organizations).toEqual(
      expect.arrayContaining([
        { id: org, name: 'Acme', role: 'viewer' },
        { id: second, name: 'Acme', role: 'admin' },
        { id: expect.any(String), name: email.toUpperCase().split('@')[0], role: 'admin' },
      ]),
    );
    const { rows } = await server.query('select from invitations where email = $1', [email]);
    expect(rows).toEqual([]);
    expect(await listInvitations()).toHaveLength(1);
  });

  test('takes nothing that expired or waits for another address', async () => {
    const email = createEmail();
    await invite(email);
    await expire();
    expect(await readRole(await signInPerson(supabase, server, email))).toBeUndefined();
    await invite(`x${createEmail()}`);
    expect(await readRole(await signInPerson(supabase, server))).toBeUndefined();
  });

  test.each([[''], [undefined]])('with the address %j takes nothing', async (email) => {
    await server.query(
      `insert into invitations (organization_id, email, role) values ($1, 'a@example.com', 'admin')`,
      [org],
    );
    const session = await createSession(randomUUID(), email);
    const me = await readMe(session.cookie);
    expect([me.status, me.body.organizations.length]).toEqual([200, 1]);
  });

  test('of many requests at a time makes one membership and one organization', async () => {
    const email = createEmail();
    await invite(email, 'viewer');
    const session = await createSession(randomUUID(), email);
    const answers = await Promise.all(Array.from({ length: 8 }, () => readMe(session.cookie)));
    expect(answers.map(({ status, body }) => [status, body.organizations.length])).toEqual(
      answers.map(() => [200, 2]),
    );
    expect(await listMembers()).toHaveLength(2);
  });

  test('after the inviter was removed still counts', async () => {
    const bob = await signInPerson(supabase, server);
    await invite(bob.email, 'admin');
    const email = createEmail();
    await invite(email, 'viewer', bob);
    await server.query('delete from users where id = $1', [bob.id]);
    expect(await listInvitations()).toMatchObject([{ email, invited_by: null }]);
    expect(await readRole(await signInPerson(supabase, server, email))).toBe('viewer');
  });
});

describe('an address that changes at the identity provider', () => {
  test('is taken over, with what waits for it, and nothing else changes', async () => {
    const [id, before, after] = [randomUUID(), createEmail(), createEmail()];
    const old = await createSession(id, before);
    const own = (await readMe(old.cookie)).body.organizations;
    await invite(after, 'member');
    const renewed = await createSession(id, after);
    const me = (await readMe(renewed.cookie)).body;
    expect(me.user).toEqual({ id, email: after });
    expect(me.organizations).toHaveLength(2);
    expect(me.organizations).toEqual(
      expect.arrayContaining([own[0], { id: org, name: 'Acme', role: 'member' }]),
    );
    expect(await listMembers()).toContainEqual(expect.objectContaining({ user: { id, email: after } }));
    // The old address is nobody's now.
    expect((await invite(before)).body).toMatchObject({ member: null, invitation: { email: before } });
  });

  test.each([
    ['admin', 'viewer'],
    ['viewer', 'admin'],
  ])('does not change the role of a member: %s, though invited as %s', async (has, invited) => {
    const [id, before, after] = [randomUUID(), createEmail(), createEmail()];
    const old = await createSession(id, before);
    await readMe(old.cookie);
    await invite(before, has);
    await invite(after, invited);
    const renewed = await createSession(id, after);
    expect(await readRole(renewed)).toBe(has);
    expect(await listInvitations()).toEqual([]);
  });
});

test('an invitation that was made in the same moment as the first sign-in is found a minute later', async () => {
  const bob = await signInPerson(supabase, server);
  await server.query(`insert into invitations (organization_id, email, role) values ($1, $2, 'viewer')`, [
    org,
    bob.email,
  ]);
  expect(await readRole(bob)).toBeUndefined();
  const now = Date.now();
  const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 60_000);
  expect(await readRole(bob)).toBe('viewer');
  clock.mockRestore();
});

test('an admin who is removed while inviting either invites before that or not at all', async () => {
  for (let round = 0; round < 30; round += 1) {
    const bob = await signInPerson(supabase, server);
    await invite(bob.email, 'admin');
    const email = createEmail();
    const [invited, removed] = await Promise.all([
      invite(email, 'admin', bob),
      asAdmin(server, 'delete', `${at}/members/${bob.id}`, ada.cookie),
    ]);
    expect(removed.status).toBe(204);
    expect([201, 404]).toContain(invited.status);
    const waits = (await listInvitations()).some(
      (invitation: { email: string }) => invitation.email === email,
    );
    expect(waits).toBe(invited.status === 201);
  }
});
