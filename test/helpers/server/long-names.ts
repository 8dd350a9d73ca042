import { asAdmin } from '../network/requests.ts';
import type { TestServer } from './server.ts';

/**
 * An app whose names and addresses are as long as the server takes them, without a place to break, and an invitation
 * of such an address. Returns the app's alias.
 */
export async function createAppOfLongNames(server: TestServer): Promise<string> {
  const name = 'Langername'.repeat(10);
  const url = `https://shop.example.com/${'a-long-path'.repeat(20)}`;
  const alias = `${'long-'.repeat(7)}app`;
  const { body: app } = await asAdmin(server, 'post', '/api/apps').send({ name, url, alias });
  await asAdmin(server, 'post', `/api/apps/${app.id}/api-key`);
  const secret = `STAGING_${'PASSWORD_'.repeat(10)}`;
  await asAdmin(server, 'put', `/api/apps/${app.id}/secrets/${secret}`).send({ value: 'correct horse' });
  const me = await asAdmin(server, 'get', '/api/me');
  const organization = me.body.organizations[0].id;
  const email = `${'someone-'.repeat(7)}@${'mail-'.repeat(10)}x.example.com`;
  await asAdmin(server, 'post', `/api/organizations/${organization}/invitations`).send({
    email,
    role: 'member',
  });
  await server.query(
    `insert into audit_events (app_id, action, actor_type, api_key_start, ip, user_agent)
     values ($1, 'api_key.refused', 'api_key', 'qsk_Ab12', '2001:db8:85a3:8d3:1319:8a2e:370:7348', $2)`,
    [app.id, 'x'.repeat(300)],
  );
  return app.alias;
}
