import { useQuery } from '@tanstack/react-query';
import type { App } from '../../../features/apps/schema.ts';
import { type Role, reachesRole } from '../../../features/organizations/role.ts';
import { meQuery } from '../checks/queries.ts';

/** Whether the person may do with the app what takes `role`. Only for what to offer: the server decides. */
export function useHasRole(app: App | undefined, role: Role): boolean {
  const { data } = useQuery(meQuery);
  const own = data?.organizations.find(({ id }) => id === app?.organization_id)?.role;
  return own !== undefined && reachesRole(own, role);
}
