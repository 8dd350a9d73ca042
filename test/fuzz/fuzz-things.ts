import { randomUUID } from 'node:crypto';
import { generateApiKey } from '../../server/auth/keys/api-key.ts';
import { asAdmin } from '../helpers/network/requests.ts';
import type { TestDatabase } from '../helpers/server/database.ts';
import type { ServerProcess } from '../helpers/server/server-process.ts';
import { signInPerson, type TestPerson } from '../helpers/server/sign-in.ts';
import type { Supabase } from '../helpers/stand-ins/supabase.ts';
import type { Reference } from './fuzz-request.ts';
import { TARGET } from './hostile-values.ts';

/** The ids of this run. */
export type Names = Record<Reference, string>;

export type People = Record<'admin' | 'member' | 'viewer' | 'stranger' | 'owner', TestPerson>;

export async function signInPeople(supabase: Supabase, server: ServerProcess): Promise<People> {
  return {
    admin: await signInPerson(supabase, server),
    member: await signInPerson(supabase, server),
    viewer: await signInPerson(supabase, server),
    stranger: await signInPerson(supabase, server),
    owner: await signInPerson(supabase, server),
  };
}

export type Keys = Record<'own' | 'other' | 'replaced' | 'unknown', string>;

/** Two organizations: that of most callers, and that of the owner, which no fuzzed caller belongs to. */
export async function createThings(server: ServerProcess, database: TestDatabase, people: People) {
  const post = async (path: string, by: TestPerson, body: object) =>
    (await asAdmin(server, 'post', path, by.cookie).send(body)).body;
  const [mine, other] = await Promise.all(
    [people.admin, people.owner].map((person) => post('/api/organizations', person, { name: 'Fuzz' })),
  );
  for (const role of ['member', 'viewer'] as const) {
    await post(`/api/organizations/${mine.id}/invitations`, people.admin, {
      email: people[role].email,
      role,
    });
  }
  const [app, otherApp] = await Promise.all([
    post('/api/apps', people.admin, { name: 'Fuzzed', url: TARGET, organization_id: mine.id }),
    post('/api/apps', people.owner, { name: 'Other', url: TARGET, organization_id: other.id }),
  ]);
  const replaced = await post(`/api/apps/${app.id}/api-key`, people.admin, {});
  const own = await post(`/api/apps/${app.id}/api-key`, people.admin, {});
  const others = await post(`/api/apps/${otherApp.id}/api-key`, people.owner, {});
  const names: Names = {
    '@app': app.id,
    '@app alias': app.alias,
    '@other app': otherApp.id,
    '@doomed app': '',
    '@doomed app alias': '',
    '@check': (await post(`/api/apps/${app.id}/trigger`, people.admin, {})).check_id,
    '@lasting check': '',
    '@other check': (await post(`/api/apps/${otherApp.id}/trigger`, people.owner, {})).check_id,
    '@organization': mine.id,
    '@other organization': other.id,
    '@spare user': '',
    '@invitation': randomUUID(),
    '@secret': 'TOKEN',
  };
  Object.assign(names, await createDoomedApp(database, names));
  names['@spare user'] = await createSpareUser(database, names);
  names['@lasting check'] = await createLastingCheck(database, names);
  const keys: Keys = {
    own: own.api_key,
    other: others.api_key,
    replaced: replaced.api_key,
    unknown: generateApiKey(),
  };
  return { names, keys };
}

export async function createDoomedApp(database: TestDatabase, names: Names): Promise<Partial<Names>> {
  const id = randomUUID();
  const alias = `doomed-${id.slice(0, 8)}`;
  await database.query(
    `insert into apps (id, organization_id, alias, name, url) values ($1, $2, $3, 'Doomed', $4)`,
    [id, names['@organization'], alias, TARGET],
  );
  return { '@doomed app': id, '@doomed app alias': alias };
}

/** A check that no worker takes. */
export async function createLastingCheck(database: TestDatabase, names: Names): Promise<string> {
  const id = randomUUID();
  await database.query(
    `insert into checks (id, app_id, target_url, triggered_by, claimable_at)
     values ($1, $2, $3, 'api_key', now() + interval '1 day')`,
    [id, names['@app'], TARGET],
  );
  return id;
}

export async function createSpareUser(database: TestDatabase, names: Names): Promise<string> {
  const id = randomUUID();
  await database.query(
    `with spare as (insert into users (id, email) values ($1::uuid, $1::text || '@fuzz.example') returning id)
     insert into members (organization_id, user_id, role) select $2::uuid, id, 'member' from spare`,
    [id, names['@organization']],
  );
  return id;
}
