import { asAdmin } from '../network/requests.ts';
import type { TestServer } from './server.ts';
import type { TestPerson } from './sign-in.ts';

/** An organization, used as its admin. */
export interface TestOrganization {
  readonly id: string;
  readonly path: string;
  invite(email: string, role?: string, by?: TestPerson): ReturnType<typeof asAdmin>;
  listInvitations(): Promise<readonly { readonly email: string }[]>;
  listMembers(): Promise<readonly object[]>;
  /** The role of a person in it, as the server shows it to that person; `undefined` for no role. */
  readRole(person: Pick<TestPerson, 'cookie'>): Promise<string | undefined>;
  /** Makes all its invitations expire. */
  expireInvitations(): Promise<unknown>;
}

export async function createTestOrganization(
  server: TestServer,
  admin: TestPerson,
): Promise<TestOrganization> {
  const added = await asAdmin(server, 'post', '/api/organizations', admin.cookie).send({ name: 'Acme' });
  const id: string = added.body.id;
  const path = `/api/organizations/${id}`;
  return {
    id,
    path,
    invite: (email, role, by = admin) =>
      asAdmin(server, 'post', `${path}/invitations`, by.cookie).send({ email, role }),
    listInvitations: async () =>
      (await asAdmin(server, 'get', `${path}/invitations`, admin.cookie)).body.invitations,
    listMembers: async () => (await asAdmin(server, 'get', `${path}/members`, admin.cookie)).body.members,
    async readRole({ cookie }) {
      const organizations: readonly { readonly id: string; readonly role: string }[] = (
        await asAdmin(server, 'get', '/api/me', cookie)
      ).body.organizations;
      return organizations.find((organization) => organization.id === id)?.role;
    },
    expireInvitations: () =>
      server.query('update invitations set expires_at = now() where organization_id = $1', [id]),
  };
}
