import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { asAdmin } from '../../helpers/network/requests.ts';
import { startTestServer, type TestServer } from '../../helpers/server/server.ts';
import { signInPerson, type TestPerson } from '../../helpers/server/sign-in.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../../helpers/stand-ins/supabase.ts';

type Method = Parameters<typeof asAdmin>[1];

let supabase: Supabase;
let server: TestServer;
let ada: TestPerson;
let bob: TestPerson;
let org: string;
let at: string;

beforeAll(async () => {
  supabase = await startSupabase();
  server = await startTestServer({
    env: { SUPABASE_URL: supabase.url, SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY },
  });
  ada = await signInPerson(supabase, server);
  bob = await signInPerson(supabase, server);
});
afterAll(async () => {
  await server.stop();
  await supabase.stop();
});
beforeEach(async () => {
  const answer = await as(ada, 'post', '/api/organizations', { name: 'Acme' });
  org = answer.body.id;
  at = `/api/organizations/${org}`;
});

const as = (person: TestPerson, method: Method, path: string, body?: string | object) =>
  asAdmin(server, method, path, person.cookie).send(body);

async function setRole(person: TestPerson, role: string): Promise<void> {
  await server.query(
    `insert into members (organization_id, user_id, role) values ($1, $2, $3)
     on conflict (organization_id, user_id) do update set role = excluded.role`,
    [org, person.id, role],
  );
}

describe('organizations', () => {
  test('have the person who adds them as admin', async () => {
    const added = await as(ada, 'post', '/api/organizations', { name: ' Ünited ' });
    expect(added.status).toBe(201);
    expect(added.body).toEqual({ id: expect.any(String), name: 'Ünited', role: 'admin' });
    expect(added.headers.location).toBe(`/api/organizations/${added.body.id}`);
    for (const id of [added.body.id, added.body.id.toUpperCase()]) {
      expect((await as(ada, 'get', `/api/organizations/${id}`)).body).toEqual(added.body);
    }
  });

  test('are listed with the person’s role, and only if the person is a member', async () => {
    await setRole(bob, 'viewer');
    const { body } = await as(bob, 'get', '/api/organizations');
    expect(body.organizations).toHaveLength(2);
    expect(body.organizations).toContainEqual({ id: org, name: 'Acme', role: 'viewer' });
    expect((await as(bob, 'get', '/api/me')).body.organizations).toEqual(body.organizations);
    await as(ada, 'delete', `${at}/members/${bob.id}`);
    expect((await as(bob, 'get', '/api/organizations')).body.organizations).toHaveLength(1);
  });

  test('are renamed by an admin', async () => {
    const renamed = await as(ada, 'patch', at, { name: 'Acme Ltd' });
    expect([renamed.status, renamed.body]).toEqual([200, { id: org, name: 'Acme Ltd', role: 'admin' }]);
    expect((await as(ada, 'get', at)).body).toEqual(renamed.body);
  });

  test.each([
    [{}],
    [{ name: ' ' }],
    [{ name: 7 }],
    [{ name: null }],
    [{ name: 'x'.repeat(101) }],
    [{ name: 'a\nb' }],
    [{ name: 'a\u0000b' }],
    [{ name: 'Ac\u200Bme' }],
    [{ name: 'Acme \u202Edtl' }],
    [{ name: '\ud800' }],
  ])('refuse the name in %j', async (body) => {
    for (const answer of [
      await as(ada, 'post', '/api/organizations', body),
      await as(ada, 'patch', at, body),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
      expect(answer.body.errors).toContainEqual({ path: 'name', message: expect.any(String) });
    }
  });
});

describe('members', () => {
  test('are listed by email, whatever their role', async () => {
    await setRole(bob, 'viewer');
    const { status, body } = await as(bob, 'get', `${at}/members`);
    const created_at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(status).toBe(200);
    expect(body).toEqual({
      members: [
        { user: { id: ada.id, email: ada.email }, role: 'admin', created_at },
        { user: { id: bob.id, email: bob.email }, role: 'viewer', created_at },
      ],
    });
    const upper = await signInPerson(supabase, server, `A${randomUUID()}@example.com`);
    await setRole(upper, 'member');
    const emails = (await as(bob, 'get', `${at}/members`)).body.members.map(
      ({ user }: { user: { email: string } }) => user.email,
    );
    expect(emails).toEqual([upper.email, ada.email, bob.email]);
  });

  test('get the role that an admin gives them', async () => {
    await setRole(bob, 'viewer');
    for (const role of ['member', 'admin', 'viewer', 'viewer']) {
      const changed = await as(ada, 'patch', `${at}/members/${bob.id.toUpperCase()}`, { role });
      expect(changed.status).toBe(200);
      expect(changed.body).toEqual({
        user: { id: bob.id, email: bob.email },
        role,
        created_at: expect.any(String),
      });
      expect((await as(bob, 'get', at)).body.role).toBe(role);
    }
  });

  test.each(['viewer', 'member', 'admin'])('a %s may leave', async (role) => {
    await setRole(bob, role);
    expect((await as(bob, 'delete', `${at}/members/${bob.id.toUpperCase()}`)).status).toBe(204);
    expect((await as(bob, 'get', at)).status).toBe(404);
    expect((await as(bob, 'delete', `${at}/members/${bob.id}`)).body.code).toBe('organization_not_found');
  });

  test.each([
    ['in no organization', () => randomUUID()],
    ['of another one only', () => bob.id],
    ['whose id is not a UUID', () => 'ada'],
    ['whose id is a NUL', () => '%00'],
  ])('answer 404 member_not_found for a person %s', async (_case, getId) => {
    for (const answer of [
      await as(ada, 'patch', `${at}/members/${getId()}`, { role: 'viewer' }),
      await as(ada, 'delete', `${at}/members/${getId()}`),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'member_not_found']);
    }
  });

  test('keep their only admin, who can neither leave nor be demoted and is told what to do', async () => {
    await setRole(bob, 'member');
    for (const answer of [
      await as(ada, 'delete', `${at}/members/${ada.id}`),
      await as(ada, 'patch', `${at}/members/${ada.id}`, { role: 'member' }),
      await as(ada, 'patch', `${at}/members/${ada.id}`, { role: 'viewer' }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([409, 'last_admin']);
      expect(answer.body.detail).toContain('Make another member an admin first.');
    }
    expect((await as(ada, 'patch', `${at}/members/${ada.id}`, { role: 'admin' })).status).toBe(200);
    await setRole(bob, 'admin');
    expect((await as(ada, 'patch', `${at}/members/${ada.id}`, { role: 'viewer' })).status).toBe(200);
    expect((await as(bob, 'delete', `${at}/members/${bob.id}`)).body.code).toBe('last_admin');
  });

  const change = (who: TestPerson, whom: TestPerson, method: 'patch' | 'delete') =>
    as(who, method, `${at}/members/${whom.id}`, method === 'patch' ? { role: 'viewer' } : undefined);

  test.each([
    ['demote each other', 'patch', 'patch', 'other'],
    ['remove each other', 'delete', 'delete', 'other'],
    ['demote and remove each other', 'patch', 'delete', 'other'],
    ['leave', 'delete', 'delete', 'self'],
    ['demote themselves', 'patch', 'patch', 'self'],
    ['leave and demote themselves', 'delete', 'patch', 'self'],
  ] as const)('keep one admin when two admins %s at the same moment', async (_case, one, two, whom) => {
    for (let round = 0; round < 40; round += 1) {
      await setRole(ada, 'admin');
      await setRole(bob, 'admin');
      // The two take turns, so that neither is always the first.
      const [first, second] = round % 2 === 0 ? [ada, bob] : [bob, ada];
      const answers = await Promise.all([
        change(first, whom === 'self' ? first : second, one),
        change(second, whom === 'self' ? second : first, two),
      ]);
      const refused = answers.filter(({ status }) => status >= 400);
      expect(refused).toHaveLength(1);
      // Refused by its role or membership, which the other one has taken, or as the last admin.
      expect([403, 404, 409]).toContain(refused[0]?.status);
      const { rows } = await server.query(
        `select user_id from members where organization_id = $1 and role = 'admin'`,
        [org],
      );
      expect(rows).toHaveLength(1);
    }
  });

  test('keep at least one admin when many admins change each other at the same moment', async () => {
    const admins = [ada, bob, await signInPerson(supabase, server), await signInPerson(supabase, server)];
    for (let round = 0; round < 15; round += 1) {
      for (const admin of admins) {
        await setRole(admin, 'admin');
      }
      const answers = await Promise.all(
        admins.flatMap((who, index) =>
          admins.map((whom, other) =>
            change(who, whom, (index + other + round) % 2 === 0 ? 'patch' : 'delete'),
          ),
        ),
      );
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
      const { rows } = await server.query(
        `select user_id from members where organization_id = $1 and role = 'admin'`,
        [org],
      );
      expect(rows.length).toBeGreaterThan(0);
    }
  });

  test.each([
    ['that is missing', {}],
    ['that does not exist', { role: 'owner' }],
    ['in another case', { role: 'Admin' }],
    ['of null', { role: null }],
    ['in a list', { role: ['admin'] }],
    ['with a NUL', { role: 'admin\u0000' }],
    ['that is very long', { role: 'x'.repeat(10_000) }],
  ])('a role %s is refused', async (_case, body) => {
    await setRole(bob, 'viewer');
    const answer = await as(ada, 'patch', `${at}/members/${bob.id}`, body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.errors).toContainEqual({
      path: 'role',
      message: expect.stringMatching(/^(must be one of admin, member, viewer|is required)$/),
    });
  });
});

describe('an invalid body', () => {
  const IN_ORGANIZATION = [
    ['patch', 'ORG'],
    ['patch', 'ORG/members/USER'],
    ['post', 'ORG/invitations'],
  ] as const;
  const toPath = (path: string) => path.replace('ORG', at).replace('USER', bob.id);

  test.each([['post', '/api/organizations'], ...IN_ORGANIZATION] as const)(
    'is refused by %s %s',
    async (method, path) => {
      const send = (body: string) => as(ada, method, toPath(path), body);
      for (const [body, status, code] of [
        ['{', 400, 'malformed_json'],
        ['[]', 400, 'invalid_request'],
        ['"admin"', 400, 'malformed_json'],
        ['', 400, 'invalid_request'],
        [JSON.stringify({ name: 'x'.repeat(65 * 1024) }), 413, 'payload_too_large'],
      ] as const) {
        const answer = await send(body);
        expect([body.slice(0, 10), answer.status, answer.body.code]).toEqual([
          body.slice(0, 10),
          status,
          code,
        ]);
      }
    },
  );

  test('is not reported to callers who may not change anything', async () => {
    await setRole(bob, 'member');
    const stranger = await signInPerson(supabase, server);
    for (const [method, path] of IN_ORGANIZATION) {
      const refused = await as(bob, method, toPath(path), '{');
      expect([refused.status, refused.body.code]).toEqual([403, 'role_required']);
      const unknown = await as(stranger, method, toPath(path), '{');
      expect([unknown.status, unknown.body.code]).toEqual([404, 'organization_not_found']);
    }
  });
});

test('no refusal shows a cookie or a token', async () => {
  const secret = ada.cookie.slice(ada.cookie.indexOf('=') + 1);
  const answers = [
    await as(ada, 'delete', `${at}/members/${secret}`),
    await as(ada, 'post', `${at}/invitations`, { email: secret }),
    await as(ada, 'patch', `${at}/members/${ada.id}`, { role: secret }),
    await as(ada, 'patch', at, { name: secret }),
    await as(bob, 'get', at),
    await asAdmin(server, 'get', at, ada.cookie.replace(/.{12}$/, 'AAAAAAAAAAAA')),
  ];
  for (const answer of answers) {
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text + JSON.stringify(answer.headers)).not.toContain(secret.slice(100, 140));
  }
});
