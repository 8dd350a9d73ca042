import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { asAdmin } from '../../helpers/network/requests.ts';
import { countBlocked } from '../../helpers/server/locks.ts';
import { createTestOrganization, type TestOrganization } from '../../helpers/server/organization.ts';
import { startTestServer, type TestServer } from '../../helpers/server/server.ts';
import { signInPerson, type TestPerson } from '../../helpers/server/sign-in.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../../helpers/stand-ins/supabase.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

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

describe('inviting an address with an account', () => {
  test('adds a member at once, whatever the case of the address', async () => {
    const bob = await signInPerson(supabase, server);
    const answer = await acme.invite(` ${bob.email.toUpperCase()} `, 'viewer');
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      member: { user: { id: bob.id, email: bob.email }, role: 'viewer', created_at: expect.any(String) },
      invitation: null,
    });
    expect(answer.headers.location).toBe(`${acme.path}/members/${bob.id}`);
    expect(await acme.readRole(bob)).toBe('viewer');
    expect(await acme.listMembers()).toContainEqual(answer.body.member);
    expect(await acme.listInvitations()).toEqual([]);
  });

  test('ignores the case of the account’s address, and gives the role member by default', async () => {
    const bob = await signInPerson(supabase, server, createEmail().replace('@example.com', '@EXAMPLE.com'));
    const answer = await acme.invite(bob.email.toLowerCase());
    expect(answer.body.member).toMatchObject({ user: { id: bob.id }, role: 'member' });
  });

  test('answers 409 for a member, whose role stays', async () => {
    const bob = await signInPerson(supabase, server);
    await acme.invite(bob.email, 'viewer');
    for (const [email, role] of [
      [bob.email, 'admin'],
      [ada.email, 'viewer'],
    ] as const) {
      const answer = await acme.invite(email, role);
      expect([answer.status, answer.body.code]).toEqual([409, 'already_member']);
    }
    expect([await acme.readRole(ada), await acme.readRole(bob)]).toEqual(['admin', 'viewer']);
  });

  test('adds the newest of several accounts with the address', async () => {
    const email = createEmail();
    const [older, newer] = [
      await signInPerson(supabase, server, email),
      await signInPerson(supabase, server, email),
    ];
    await server.query(`update users set created_at = now() - interval '1 day' where id = $1`, [older.id]);
    expect((await acme.invite(email)).body.member.user.id).toBe(newer.id);
    expect((await acme.invite(email)).status).toBe(409);
    expect(await acme.readRole(older)).toBeUndefined();
  });

  test('adds the member once when it happens several times at the same moment', async () => {
    const bob = await signInPerson(supabase, server);
    const answers = await Promise.all([
      acme.invite(bob.email),
      acme.invite(bob.email),
      acme.invite(bob.email),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });
});

describe('inviting any other address', () => {
  test('makes an invitation that is valid for 7 days', async () => {
    const email = createEmail();
    const answer = await acme.invite(email.toUpperCase(), 'admin');
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
    expect(answer.headers.location).toBe(`${acme.path}/invitations/${invitation.id}`);
    expect(await acme.listInvitations()).toEqual([invitation]);
    expect(await acme.listMembers()).toHaveLength(1);
  });

  test('updates role, expiry and inviter of an earlier invitation', async () => {
    const bob = await signInPerson(supabase, server);
    await acme.invite(bob.email, 'admin');
    const email = createEmail();
    const first = (await acme.invite(email, 'viewer')).body.invitation;
    await server.query(`update invitations set expires_at = expires_at - interval '1 day' where id = $1`, [
      first.id,
    ]);
    const again = await acme.invite(email, 'admin', bob);
    expect(again.status).toBe(201);
    expect(again.body.invitation).toMatchObject({
      id: first.id,
      role: 'admin',
      invited_by: { id: bob.id, email: bob.email },
    });
    expect(Date.parse(again.body.invitation.expires_at)).toBeGreaterThanOrEqual(Date.parse(first.expires_at));
    expect(await acme.listInvitations()).toEqual([again.body.invitation]);
  });

  test('makes one invitation when it happens several times at the same moment', async () => {
    const email = createEmail();
    const answers = await Promise.all([acme.invite(email), acme.invite(email), acme.invite(email)]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(await acme.listInvitations()).toHaveLength(1);
  });

  test('replaces an expired invitation, which is not listed and is deleted with the next one', async () => {
    const [email, other] = [createEmail(), createEmail()];
    const { id } = (await acme.invite(email)).body.invitation;
    await acme.expireInvitations();
    expect(await acme.listInvitations()).toEqual([]);
    const gone = await asAdmin(server, 'delete', `${acme.path}/invitations/${id}`, ada.cookie);
    expect([gone.status, gone.body.code]).toEqual([404, 'invitation_not_found']);
    expect((await acme.invite(email)).status).toBe(201);
    expect(await acme.listInvitations()).toHaveLength(1);
    await acme.expireInvitations();
    await acme.invite(other);
    const { rows } = await server.query('select email from invitations where organization_id = $1', [
      acme.id,
    ]);
    expect(rows).toEqual([{ email: other }]);
  });

  test('makes an invitation that an admin can take back, once', async () => {
    const email = createEmail();
    const { id } = (await acme.invite(email)).body.invitation;
    const takeBack = (invitation: string, path = acme.path) =>
      asAdmin(server, 'delete', `${path}/invitations/${invitation}`, ada.cookie);
    const elsewhere = await takeBack(id, (await createTestOrganization(server, ada)).path);
    expect([elsewhere.status, elsewhere.body.code]).toEqual([404, 'invitation_not_found']);
    expect((await takeBack(id.toUpperCase())).status).toBe(204);
    for (const unknown of [id, randomUUID(), 'ada', '%00']) {
      const answer = await takeBack(unknown);
      expect([answer.status, answer.body.code]).toEqual([404, 'invitation_not_found']);
    }
    expect(await acme.readRole(await signInPerson(supabase, server, email))).toBeUndefined();
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
  ])('is refused %s', async (_case, body, path) => {
    const answer = await asAdmin(server, 'post', `${acme.path}/invitations`, ada.cookie).send(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.errors).toContainEqual({ path, message: expect.any(String) });
    expect(await acme.listInvitations()).toEqual([]);
  });
});

test('an admin who is being removed can no longer invite', async () => {
  const bob = await signInPerson(supabase, server);
  await acme.invite(bob.email, 'admin');
  const client = new pg.Client({ connectionString: server.connectionString });
  await client.connect();
  await client.query('begin');
  await client.query('delete from members where organization_id = $1 and user_id = $2', [acme.id, bob.id]);
  const answers: unknown[] = [];
  const invited = acme.invite(createEmail(), 'admin', bob).then(({ status, body }) => {
    answers.push([status, body.code]);
  });
  // Wait until the request waits for the lock of the removal, or is answered without waiting.
  while (answers.length === 0 && (await countBlocked(server)) === 0) {
    await setTimeout(10);
  }
  await client.query('commit');
  await client.end();
  await invited;
  expect(answers).toEqual([[404, 'organization_not_found']]);
  expect(await acme.listInvitations()).toEqual([]);
});
