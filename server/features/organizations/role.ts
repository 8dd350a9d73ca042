export type Role = 'viewer' | 'member' | 'admin';

/** Each role may do what those before it may. */
const RANK: Readonly<Record<Role, number>> = { viewer: 0, member: 1, admin: 2 };

/** Whether the role `actual` includes the rights of `required`; for the server and the dashboard. */
export function reachesRole(actual: Role, required: Role): boolean {
  return RANK[actual] >= RANK[required];
}
