import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { asAdmin } from '../../helpers/network/requests.ts';
import { createTestOrganization, type TestOrganization } from '../../helpers/server/organization.ts';
import { signIn, startTestServer, type TestServer } from '../../helpers/server/server.ts';
import {
  printSignInLink,
  readAccessToken,
  runSignInCommand,
  signInLocally,
  type TestPerson,
} from '../../helpers/server/sign-in.ts';

/** `npm run sign-in -- --email ada@example.com`: several people without Supabase. */

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const readMe = async (cookie: string) => (await asAdmin(server, 'get', '/api/me', cookie)).body;

describe('the command with --email', () => {
  test('prints a link that signs that person in, and says how long it is valid', async () => {
    const { code, stdout, stderr } = await runSignInCommand(server, '--email', 'Ada@Example.com');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^Sign in: http:\/\/localhost:\d+\/sign-in\?token=[\w-]{43}\nIt signs in ada@example\.com\. It works once, within 15 minutes\.\n$/,
    );
    const link = stdout.split(/\s/)[2] ?? '';
    const me = await readMe(await signIn(server.url, link));
    expect(me).toEqual({
      user: { id: expect.any(String), email: 'ada@example.com' },
      organizations: [{ id: expect.any(String), name: 'ada', role: 'admin' }],
    });
  });

  test('prints a link of the same person for the same address, in any case', async () => {
    const [one, other] = [
      await signInLocally(server, 'grace@example.com'),
      await signInLocally(server, 'GRACE@example.com'),
    ];
    expect(other.id).toBe(one.id);
    const third = await signInLocally(server, 'grace@example.org');
    expect(third.id).not.toBe(one.id);
  });

  test('prints a link that works once', async () => {
    const link = await printSignInLink(server, '--email', 'once@example.com');
    const open = async () =>
      (await fetch(link.replace('localhost', '127.0.0.1'), { redirect: 'manual' })).status;
    expect((await Promise.all([open(), open(), open()])).sort()).toEqual([302, 401, 401]);
  });

  test('prints a link that works for 15 minutes', async () => {
    const link = await printSignInLink(server, '--email', 'late@example.com');
    await server.query(`update personal_sign_in_tokens set expires_at = expires_at - interval '15 minutes'`);
    expect((await fetch(link.replace('localhost', '127.0.0.1'), { redirect: 'manual' })).status).toBe(401);
    const { rows } = await server.query(`select from local_people where email = 'late@example.com'`);
    expect(rows).toEqual([]);
  });

  test('stores no token where an older release would read it and sign in the admin', async () => {
    await server.query('delete from sign_in_tokens');
    await printSignInLink(server, '--email', 'ada@example.com');
    expect((await server.query('select from sign_in_tokens')).rows).toEqual([]);
  });

  test('leaves the admin as the person of a link without an address', async () => {
    const cookie = await signIn(server.url, await printSignInLink(server));
    expect((await readMe(cookie)).user.email).toBe('admin@localhost');
    expect(await readMe(cookie)).toEqual(await readMe(server.cookie));
  });

  test('sets a cookie with the same claims as the admin’s, for another person', async () => {
    const { cookie, id } = await signInLocally(server, 'ada@example.com');
    const readClaims = (from: string) =>
      JSON.parse(Buffer.from(readAccessToken(from).split('.')[1] ?? '', 'base64url').toString());
    const [hers, admins] = [readClaims(cookie), readClaims(server.cookie)];
    expect(Object.keys(hers)).toEqual(Object.keys(admins));
    expect(hers).toMatchObject({ sub: id, email: 'ada@example.com', iss: admins.iss, aud: admins.aud });
    expect(cookie.split('=')[0]).toBe(server.cookie.split('=')[0]);
  });

  const USAGE = 'Use "npm run sign-in", or "npm run sign-in -- --email ada@example.com".\n';
  test.each([
    [['--email', 'ada'], '--email is "ada", which is not an email address.'],
    [['--email', 'ada@localhost'], '--email is "ada@localhost", which is not an email address.'],
    [['--email', 'a b@example.com'], '--email is "a b@example.com", which is not an email address.'],
    [['--email='], '--email is "", which is not an email address.'],
    [
      ['--email', `${'a'.repeat(320)}@example.com`],
      expect.stringMatching(/^--email is "a{320}@example\.com", which is not an email address\./),
    ],
    [['--email'], "Option '--email <value>' argument missing."],
    [['--mail=ada@example.com'], "Unknown option '--mail'."],
    [['ada@example.com'], '"ada@example.com" is no option.'],
  ])('refuses %j with one line before opening the database', async (args, problem) => {
    const closed = { url: server.url, connectionString: 'postgres://127.0.0.1:9/none' };
    const { code, stdout, stderr } = await runSignInCommand(closed, ...args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toEqual(typeof problem === 'string' ? `${problem} ${USAGE}` : problem);
  });
});

describe('two people', () => {
  let ada: TestPerson;
  let acme: TestOrganization;
  let people = 0;
  beforeAll(async () => {
    ada = await signInLocally(server, 'ada@example.com');
  });
  beforeEach(async () => {
    acme = await createTestOrganization(server, ada);
  });

  /** Invites a new person, who then signs in. */
  async function invite(role: string): Promise<TestPerson> {
    const email = `person-${++people}@example.com`;
    const invited = await acme.invite(email, role);
    expect(invited.body.invitation).toMatchObject({ email, role });
    return signInLocally(server, email);
  }

  const createApp = (person: TestPerson) =>
    asAdmin(server, 'post', '/api/apps', person.cookie).send({
      name: 'Shop',
      url: 'http://127.0.0.1:9/',
      organization_id: acme.id,
    });

  test('have their own roles: an invitation is accepted at the first sign-in', async () => {
    const [bob, eve] = [await invite('member'), await invite('viewer')];
    expect([await acme.readRole(ada), await acme.readRole(bob), await acme.readRole(eve)]).toEqual([
      'admin',
      'member',
      'viewer',
    ]);
    expect(await acme.listInvitations()).toEqual([]);
    expect(await acme.listMembers()).toHaveLength(3);
    const { alias } = (await createApp(ada)).body;
    const trigger = (person: TestPerson) =>
      asAdmin(server, 'post', `/api/apps/${alias}/trigger`, person.cookie).send({});
    expect((await trigger(bob)).status).toBe(202);
    const refused = await trigger(eve);
    expect([refused.status, refused.body.code]).toEqual([403, 'role_required']);
    const [notAdmin, notIn] = [await createApp(bob), await asAdmin(server, 'get', `/api/apps/${alias}`)];
    expect([notAdmin.status, notAdmin.body.code]).toEqual([403, 'role_required']);
    // The admin of the server is nobody's admin.
    expect([notIn.status, notIn.body.code]).toEqual([404, 'app_not_found']);
  });

  test('are members at once when they have signed in before', async () => {
    const { email, ...bob } = await signInLocally(server, 'known@example.com');
    expect((await acme.invite(email, 'viewer')).body.member).toMatchObject({ role: 'viewer' });
    expect(await acme.readRole(bob)).toBe('viewer');
  });

  test('are named in the audit log', async () => {
    const bob = await invite('admin');
    const { alias } = (await createApp(ada)).body;
    await asAdmin(server, 'post', `/api/apps/${alias}/api-key`, ada.cookie);
    await asAdmin(server, 'delete', `/api/apps/${alias}/api-key`, bob.cookie);
    const { events } = (await asAdmin(server, 'get', `/api/apps/${alias}/audit-log`, ada.cookie)).body;
    const who = events.map(({ action, actor }: { action: string; actor: { email: string } }) => [
      action,
      actor.email,
    ]);
    expect(who).toEqual([
      ['api_key.removed', bob.email],
      ['api_key.generated', ada.email],
    ]);
  });

  test('sign out independently of each other', async () => {
    const bob = await invite('admin');
    const signedOut = await asAdmin(server, 'post', '/auth/sign-out', bob.cookie);
    expect(signedOut.status).toBe(204);
    const change = (person: TestPerson) =>
      asAdmin(server, 'post', `${acme.path}/invitations`, person.cookie).send({ email: 'x@example.com' });
    expect((await change(bob)).status).toBe(401);
    expect((await change(ada)).status).toBe(201);
  });
});
