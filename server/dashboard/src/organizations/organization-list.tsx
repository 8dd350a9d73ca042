import { Link } from 'react-router';
import type { Organization } from '../../../features/organizations/schema.ts';
import { formatRole } from './format-role.ts';

/** The organizations of a person, each with the role that they have there. */
export function OrganizationList({ organizations }: { readonly organizations: readonly Organization[] }) {
  return (
    <table className="table" aria-label="Your organizations">
      <thead>
        <tr>
          <th scope="col">Organization</th>
          <th scope="col">Your role</th>
        </tr>
      </thead>
      <tbody>
        {organizations.map(({ id, name, role }) => (
          <tr key={id}>
            <th scope="row">
              <Link to={`/organization?organization=${id}`}>{name}</Link>
            </th>
            <td data-label="Your role">{formatRole(role)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
