import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Organization } from '../../../features/organizations/schema.ts';
import { membersQuery } from './queries.ts';

const MOST_NAMED = 3;

interface AdminsProps {
  readonly organization: Pick<Organization, 'id' | 'name'>;
  /** What takes an admin: "add apps". */
  readonly task: string;
}

/** Tells a person without the role of admin what takes it, and whom to ask. */
export function Admins({ organization, task }: AdminsProps) {
  const { data } = useQuery({ ...membersQuery(organization.id), refetchInterval: false, staleTime: 60_000 });
  const admins = data?.members.filter(({ role }) => role === 'admin').map(({ user }) => user.email) ?? [];
  const others = admins.length - MOST_NAMED;
  return (
    <span className="admins">
      Only admins of <Link to={`/organization?organization=${organization.id}`}>{organization.name}</Link> can{' '}
      {task}
      {admins.length > 0 && `: ${admins.slice(0, MOST_NAMED).join(', ')}`}
      {others > 0 && ` and ${others} more`}.
    </span>
  );
}
