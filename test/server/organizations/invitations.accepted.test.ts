import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { asAdmin } from '../../helpers/network/requests.ts';
import { createTestOrganization, type TestOrganization } from '../../helpers/server/organization.ts';
import { startTestServer, type TestServer } from '../../helpers/server/server.ts';
import { signInPerson, type TestPerson } from '../../helpers/server/sign-in.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../../helpers/stand-ins/supabase.ts';

let supabase: Supabase;
let server: TestServer;
let ada: TestPerson;
let acme: TestOrganization;

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
  acme = await createTestOrganization(server, ada);
});

const createEmail = () => `${randomUUID()}@example.com`;
const readMe = (cookie: string) => asAdmin(server, 'get', '/api/me', cookie);

/** A session of a person who has this address at the identity provider. */
const createSession = async (sub: string, email: string | undefined) => ({
  cookie: await supabase.createCookie(await supabase.createToken({ sub, email })),
});

describe('a first sign-in', () => {
  test('accepts all invitations of its address, besides making an organization of its own', async () => {
    const email = createEmail();
    await acme.invite(email, 'viewer');
    const second = await createTestOrganization(server, ada);
    await second.invite(email, 'admin');
    await acme.invite(createEmail(), 'admin');
    const bob = await signInPerson(supabase, server, email.toUpperCase());
    const { organizations } = (await readMe(bob.cookie)).body;
    expect(organizations).toHaveLength(3);
    expect(organizations).toEqual(
      expect.arrayContaining([
        { id: acme.id, name: 'Acme', role: 'viewer' },
        { id: second.id, name: 'Acme', role: 'admin' },
        { id: expect.any(String), name: email.toUpperCase().split('@')[0], role: 'admin' },
      ]),
    );
    const { rows } = await server.query('select from invitations where email = $1', [email]);
    expect(rows).toEqual([]);
    expect(await acme.listInvitations()).toHaveLength(1);
  });

  test('accepts no invitation that has expired or is for another address', async () => {
    const email = createEmail();
    await acme.invite(email);
    await acme.expireInvitations();
    expect(await acme.readRole(await signInPerson(supabase, server, email))).toBeUndefined();
    await acme.invite(`x${createEmail()}`);
    expect(await acme.readRole(await signInPerson(supabase, server))).toBeUndefined();
  });

  test.each([[''], [undefined]])('accepts no invitation when its address is %j', async (email) => {
    await server.query(
      `insert into invitations (organization_id, email, role) values ($1, 'a@example.com', 'admin')`,
      [acme.id],
    );
    const session = await createSession(randomUUID(), email);
    const me = await readMe(session.cookie);
    expect([me.status, me.body.organizations.length]).toEqual([200, 1]);
  });

  test('makes one membership and one organization with many simultaneous requests', async () => {
    const email = createEmail();
    await acme.invite(email, 'viewer');
    const session = await createSession(randomUUID(), email);
    const answers = await Promise.all(Array.from({ length: 8 }, () => readMe(session.cookie)));
    expect(answers.map(({ status, body }) => [status, body.organizations.length])).toEqual(
      answers.map(() => [200, 2]),
    );
    expect(await acme.listMembers()).toHaveLength(2);
  });

  test('accepts an invitation whose inviter was removed', async () => {
    const bob = await signInPerson(supabase, server);
    await acme.invite(bob.email, 'admin');
    const email = createEmail();
    await acme.invite(email, 'viewer', bob);
    await server.query('delete from users where id = $1', [bob.id]);
    expect(await acme.listInvitations()).toMatchObject([{ email, invited_by: null }]);
    expect(await acme.readRole(await signInPerson(supabase, server, email))).toBe('viewer');
  });
});

describe('an address that changes at the identity provider', () => {
  test('replaces the old one, accepts its invitations, and changes nothing else', async () => {
    const [id, before, after] = [randomUUID(), createEmail(), createEmail()];
    const old = await createSession(id, before);
    const own = (await readMe(old.cookie)).body.organizations;
    await acme.invite(after, 'member');
    const renewed = await createSession(id, after);
    const me = (await readMe(renewed.cookie)).body;
    expect(me.user).toEqual({ id, email: after });
    expect(me.organizations).toHaveLength(2);
    expect(me.organizations).toEqual(
      expect.arrayContaining([own[0], { id: acme.id, name: 'Acme', role: 'member' }]),
    );
    expect(await acme.listMembers()).toContainEqual(expect.objectContaining({ user: { id, email: after } }));
    // No account has the old address any more.
    expect((await acme.invite(before)).body).toMatchObject({ member: null, invitation: { email: before } });
  });

  test.each([
    ['admin', 'viewer'],
    ['viewer', 'admin'],
  ])('does not change a member’s role %s by an invitation as %s', async (has, invited) => {
    const [id, before, after] = [randomUUID(), createEmail(), createEmail()];
    const old = await createSession(id, before);
    await readMe(old.cookie);
    await acme.invite(before, has);
    await acme.invite(after, invited);
    const renewed = await createSession(id, after);
    expect(await acme.readRole(renewed)).toBe(has);
    expect(await acme.listInvitations()).toEqual([]);
  });
});

test('accepts an invitation made at the moment of the first sign-in a minute later', async () => {
  const bob = await signInPerson(supabase, server);
  await server.query(`insert into invitations (organization_id, email, role) values ($1, $2, 'viewer')`, [
    acme.id,
    bob.email,
  ]);
  expect(await acme.readRole(bob)).toBeUndefined();
  const now = Date.now();
  const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 60_000);
  expect(await acme.readRole(bob)).toBe('viewer');
  clock.mockRestore();
});
