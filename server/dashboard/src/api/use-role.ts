import { useQuery } from '@tanstack/react-query';
import type { App } from '../../../apps/schema.ts';
import type { Role } from '../../../organizations/role.ts';
import { meQuery } from './queries.ts';

const RANK: Readonly<Record<Role, number>> = { viewer: 0, member: 1, admin: 2 };

/** Whether the person may do with the app what takes `role`. Only for what to offer: the server decides. */
export function useHasRole(app: App | undefined, role: Role): boolean {
  const { data } = useQuery(meQuery);
  const own = data?.organizations.find(({ id }) => id === app?.organization_id)?.role;
  return own !== undefined && RANK[own] >= RANK[role];
}
