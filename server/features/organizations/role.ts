export type Role = 'viewer' | 'member' | 'admin';

/** Each role may do what those before it may. */
const RANK: Readonly<Record<Role, number>> = { viewer: 0, member: 1, admin: 2 };

/** Whether `actual` may do what takes `required`; for the server, and for what the dashboard offers. */
export function reachesRole(actual: Role, required: Role): boolean {
  return RANK[actual] >= RANK[required];
}
