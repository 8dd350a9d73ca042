import { useOrganizationChoice } from './organization-choice.ts';

/** Among the facts of an app, for people who belong to several organizations: which one the app is of. */
export function OrganizationFact({ id }: { readonly id: string }) {
  const { organizations } = useOrganizationChoice();
  const organization = organizations.find((one) => one.id === id);
  return organization && organizations.length > 1 ? (
    <>
      <dt>Organization</dt>
      <dd>{organization.name}</dd>
    </>
  ) : null;
}
