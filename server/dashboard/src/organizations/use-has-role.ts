import { useQuery } from '@tanstack/react-query';
import { type Role, reachesRole } from '../../../features/organizations/role.ts';
import { meQuery } from '../session/queries.ts';

/** What belongs to an organization, such as an app. */
interface Owned {
  readonly organization_id: string;
}

/** Whether the person has `role`, or a higher one, for `owned`. Decides only what to offer: the server checks. */
export function useHasRole(owned: Owned | undefined, role: Role): boolean {
  const { data } = useQuery(meQuery);
  const own = data?.organizations.find(({ id }) => id === owned?.organization_id)?.role;
  return own !== undefined && reachesRole(own, role);
}
