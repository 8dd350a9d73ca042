import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import { countBlocked } from '../../helpers/server/locks.ts';
import { createTestOrganization, type TestOrganization } from '../../helpers/server/organization.ts';
import { startTestServer, type TestServer } from '../../helpers/server/server.ts';
import { signInPerson, type TestPerson } from '../../helpers/server/sign-in.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../../helpers/stand-ins/supabase.ts';

let supabase: Supabase;
let server: TestServer;
let acme: TestOrganization;
let bob: TestPerson;
let app: { id: string; alias: string; apiKey: string };

beforeAll(async () => {
  supabase = await startSupabase();
  const env = { SUPABASE_URL: supabase.url, SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY };
  server = await startTestServer({ env });
});
afterAll(async () => {
  await server.stop();
  await supabase.stop();
});
beforeEach(async () => {
  const ada = await signInPerson(supabase, server);
  bob = await signInPerson(supabase, server);
  acme = await createTestOrganization(server, ada);
  await acme.invite(bob.email, 'admin');
  const added = await asAdmin(server, 'post', '/api/apps', ada.cookie).send({
    name: 'Shop',
    organization_id: acme.id,
  });
  const key = await asAdmin(server, 'post', `/api/apps/${added.body.id}/api-key`, ada.cookie);
  app = { ...added.body, apiKey: key.body.api_key };
  const secret = asAdmin(server, 'put', `/api/apps/${app.id}/secrets/OLD`, ada.cookie);
  expect((await secret.send({ value: 'open sesame' })).status).toBe(204);
});

const CHANGES = [
  ['is removed', 'delete from members where organization_id = $1 and user_id = $2', 404, 'app_not_found'],
  [
    'is demoted',
    `update members set role = 'member' where organization_id = $1 and user_id = $2`,
    403,
    'role_required',
  ],
] as const;

describe.each([
  ['post', 'api-key', {}],
  ['delete', 'api-key', {}],
  ['put', 'secrets/NEW', { value: 'another' }],
  ['delete', 'secrets/OLD', {}],
  ['put', 'check-settings', { max_pages: 3 }],
] as const)('%s /api/apps/APP/%s', (method, path, body) => {
  test.each(CHANGES)('refuses an admin who %s at the same moment', async (_case, sql, status, code) => {
    const client = new pg.Client({ connectionString: server.connectionString });
    await client.connect();
    await client.query('begin');
    await client.query(sql, [acme.id, bob.id]);
    const answers: unknown[] = [];
    const asked = asAdmin(server, method, `/api/apps/${app.id}/${path}`, bob.cookie)
      .send(body)
      .then((answer) => {
        answers.push([answer.status, answer.body.code]);
      });
    // Wait until the request waits for the lock of this change, or is answered without waiting.
    while (answers.length === 0 && (await countBlocked(server)) === 0) {
      await setTimeout(10);
    }
    await client.query('commit');
    await client.end();
    await asked;
    expect(answers).toEqual([[status, code]]);
    expect((await withKey(server, app, 'get')).status).toBe(200);
    const { rows } = await server.query(
      `select array(select name from secrets where app_id = $1) as secrets,
         array(select settings from check_settings where app_id = $1) as settings`,
      [app.id],
    );
    expect(rows).toEqual([{ secrets: ['OLD'], settings: [] }]);
  });
});

test('keeps a key in force after the admin who generated it is removed: it belongs to the app', async () => {
  const generated = await asAdmin(server, 'post', `/api/apps/${app.id}/api-key`, bob.cookie);
  await asAdmin(server, 'delete', `${acme.path}/members/${bob.id}`, bob.cookie);
  const seen = { ...app, apiKey: generated.body.api_key };
  expect((await withKey(server, seen, 'get')).status).toBe(200);
  expect((await asAdmin(server, 'get', `/api/apps/${app.id}`, bob.cookie)).status).toBe(404);
});
