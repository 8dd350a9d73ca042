import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { asAdmin } from '../../helpers/network/requests.ts';
import { startTestServer, type TestServer } from '../../helpers/server/server.ts';
import { signInPerson, type TestPerson } from '../../helpers/server/sign-in.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../../helpers/stand-ins/supabase.ts';

const ROLES = ['viewer', 'member', 'admin'] as const;
type Role = (typeof ROLES)[number];

interface Route {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  readonly path: string;
  /** The lowest role that may use the route. */
  readonly role: Role;
  readonly status: number;
  readonly body?: object;
}

const ORGANIZATION_ROUTES: readonly Route[] = [
  { method: 'get', path: '/api/organizations/ORG', role: 'viewer', status: 200 },
  { method: 'patch', path: '/api/organizations/ORG', role: 'admin', status: 200, body: { name: 'New' } },
  { method: 'get', path: '/api/organizations/ORG/members', role: 'viewer', status: 200 },
  {
    method: 'patch',
    path: '/api/organizations/ORG/members/MEMBER',
    role: 'admin',
    status: 200,
    body: { role: 'admin' },
  },
  { method: 'delete', path: '/api/organizations/ORG/members/MEMBER', role: 'admin', status: 204 },
  { method: 'get', path: '/api/organizations/ORG/invitations', role: 'viewer', status: 200 },
  {
    method: 'post',
    path: '/api/organizations/ORG/invitations',
    role: 'admin',
    status: 201,
    body: { email: 'grace@example.com', role: 'admin' },
  },
  { method: 'delete', path: '/api/organizations/ORG/invitations/INVITATION', role: 'admin', status: 204 },
];

const APP_ROUTES: readonly Route[] = [
  { method: 'post', path: '/api/apps/APP/trigger', role: 'member', status: 202 },
  { method: 'get', path: '/api/apps/APP/checks/CHECK', role: 'viewer', status: 200 },
  { method: 'get', path: '/api/apps/APP/checks', role: 'viewer', status: 200 },
  { method: 'post', path: '/api/apps/APP/checks/CHECK/cancel', role: 'member', status: 202 },
  { method: 'get', path: '/api/apps/APP/api-key', role: 'admin', status: 200 },
  { method: 'post', path: '/api/apps/APP/api-key', role: 'admin', status: 201 },
  { method: 'delete', path: '/api/apps/APP/api-key', role: 'admin', status: 204 },
  { method: 'get', path: '/api/apps/APP', role: 'viewer', status: 200 },
  { method: 'patch', path: '/api/apps/APP', role: 'admin', status: 200, body: { name: 'New' } },
  { method: 'delete', path: '/api/apps/APP', role: 'admin', status: 204 },
  { method: 'get', path: '/api/apps/APP/audit-log', role: 'admin', status: 200 },
];

const ROUTES = [...ORGANIZATION_ROUTES, ...APP_ROUTES];

let supabase: Supabase;
let server: TestServer;
let owner: TestPerson;
let people: Record<Role, TestPerson>;
let stranger: TestPerson;
let someone: TestPerson;
let ids: Record<string, string>;

beforeAll(async () => {
  supabase = await startSupabase();
  server = await startTestServer({
    env: { SUPABASE_URL: supabase.url, SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY },
  });
  const signIn = () => signInPerson(supabase, server);
  owner = await signIn();
  people = { viewer: await signIn(), member: await signIn(), admin: await signIn() };
  stranger = await signIn();
  someone = await signIn();
});
afterAll(async () => {
  await server.stop();
  await supabase.stop();
});

/**
 * An organization for each test, with everybody but the stranger in it, an invitation, and an app with a
 * check.
 */
beforeEach(async () => {
  const post = async (path: string, body: object) =>
    (await asAdmin(server, 'post', path, owner.cookie).send(body)).body;
  const { id: ORG } = await post('/api/organizations', { name: 'Acme' });
  for (const [role, { email }] of [...Object.entries(people), ['viewer', someone] as const]) {
    await post(`/api/organizations/${ORG}/invitations`, { email, role });
  }
  const { invitation } = await post(`/api/organizations/${ORG}/invitations`, { email: 'alan@example.com' });
  const { id: APP } = await post('/api/apps', {
    name: 'App',
    url: 'http://127.0.0.1:9/',
    organization_id: ORG,
  });
  await post(`/api/apps/${APP}/api-key`, {});
  const CHECK = randomUUID();
  await server.query(
    `insert into checks (id, app_id, target_url, triggered_by, claimable_at)
     values ($1, $2, 'http://127.0.0.1:9/', 'session', now() + interval '1 hour')`,
    [CHECK, APP],
  );
  ids = { ORG, APP, CHECK, INVITATION: invitation.id, MEMBER: someone.id };
});

const toPath = (path: string, of = ids) =>
  Object.entries(of).reduce((at, [word, id]) => at.replace(word, id), path);

const send = ({ method, path, body }: Route, { cookie }: TestPerson, of = ids) =>
  asAdmin(server, method, toPath(path, of), cookie).send(body);

const withoutRequestId = ({ request_id: _, ...problem }: { request_id?: string }) => problem;

/** Everything that a refused change could have changed. */
async function readState(): Promise<unknown> {
  const { rows } = await server.query(
    `select
       (select json_agg(o order by id) from organizations as o where id = $1) as organization,
       (select json_agg(m order by user_id) from members as m where organization_id = $1) as members,
       (select json_agg(i order by id) from invitations as i where organization_id = $1) as invitations,
       (select json_agg(a order by id) from apps as a where organization_id = $1) as apps,
       (select json_agg(k.key_hash) from api_keys as k where app_id = $2) as keys,
       (select json_agg(c order by id) from checks as c where app_id = $2) as checks`,
    [ids.ORG, ids.APP],
  );
  return rows[0];
}

describe.each(ROUTES)('$method $path', (route) => {
  test.each(ROLES)(`needs the role ${route.role}: asked as %s`, async (role) => {
    const before = await readState();
    const answer = await send(route, people[role]);
    if (ROLES.indexOf(role) >= ROLES.indexOf(route.role)) {
      expect(answer.status).toBe(route.status);
      return;
    }
    expect([answer.status, answer.body.code]).toEqual([403, 'role_required']);
    expect(answer.body.detail).toContain(`the role ${route.role}; yours is ${role}`);
    expect(await readState()).toEqual(before);
  });

  test('answers a stranger and a removed member 404, as if it did not exist', async () => {
    const { admin } = people;
    await asAdmin(server, 'delete', `/api/organizations/${ids.ORG}/members/${admin.id}`, owner.cookie).expect(
      204,
    );
    const before = await readState();
    const code = route.path.includes('ORG') ? 'organization_not_found' : 'app_not_found';
    const answers = [
      await send(route, stranger),
      await send(route, admin),
      await send(route, stranger, { ...ids, ORG: randomUUID(), APP: randomUUID() }),
      await send(route, stranger, { ...ids, ORG: 'acme', APP: 'no-such-app' }),
      await send(route, stranger, { ...ids, ORG: 'Ünmöglich%00', APP: 'Ünmöglich%00' }),
    ];
    for (const { status, body } of answers) {
      expect([status, body.code]).toEqual([404, code]);
      expect(withoutRequestId(body)).toEqual(withoutRequestId(answers[0]?.body));
    }
    expect(await readState()).toEqual(before);
  });
});

test('only admins add apps, and only to an organization of their own', async () => {
  const add = (person: TestPerson) =>
    asAdmin(server, 'post', '/api/apps', person.cookie).send({ name: 'New', organization_id: ids.ORG });
  expect((await add(people.admin)).status).toBe(201);
  expect((await add(people.member)).body.code).toBe('role_required');
  expect((await add(people.viewer)).body.code).toBe('role_required');
  expect((await add(stranger)).body.code).toBe('organization_not_found');
});

test('a removed member’s access ends with the next request, and their list of apps is without the organization’s', async () => {
  const { admin } = people;
  const listApps = async () =>
    (await asAdmin(server, 'get', '/api/apps', admin.cookie)).body.apps.map(({ id }: { id: string }) => id);
  expect(await listApps()).toContain(ids.APP);
  await asAdmin(server, 'delete', `/api/organizations/${ids.ORG}/members/${admin.id}`, owner.cookie);
  expect(await listApps()).not.toContain(ids.APP);
  const again = await asAdmin(
    server,
    'delete',
    `/api/organizations/${ids.ORG}/members/${admin.id}`,
    owner.cookie,
  );
  expect([again.status, again.body.code]).toEqual([404, 'member_not_found']);
});

test('a viewer who was an admin can still read, and can no longer change anything', async () => {
  const { admin } = people;
  const me = `/api/organizations/${ids.ORG}/members/${admin.id}`;
  await asAdmin(server, 'patch', me, admin.cookie).send({ role: 'viewer' }).expect(200);
  await asAdmin(server, 'get', `/api/organizations/${ids.ORG}`, admin.cookie).expect(200);
  const back = await asAdmin(server, 'patch', me, admin.cookie).send({ role: 'admin' });
  expect([back.status, back.body.code]).toEqual([403, 'role_required']);
});
