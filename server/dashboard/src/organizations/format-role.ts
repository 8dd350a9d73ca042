import type { Role } from '../../../features/organizations/role.ts';

/** The roles as the options of a choice, from the lowest to the highest. */
export const ROLE_OPTIONS: readonly { readonly value: Role; readonly text: string }[] = [
  { value: 'viewer', text: 'Viewer' },
  { value: 'member', text: 'Member' },
  { value: 'admin', text: 'Admin' },
];

export function formatRole(role: Role): string {
  return ROLE_OPTIONS.find(({ value }) => value === role)?.text ?? role;
}

/** "an admin", "a member". */
export function formatRoleInSentence(role: Role): string {
  return role === 'admin' ? 'an admin' : `a ${role}`;
}
