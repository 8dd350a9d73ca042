import { lazy, Suspense } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { chooseOrganization, useOrganizationChoice } from './organization-choice.ts';

const OrganizationSelect = lazy(() =>
  import('./organization-select.tsx').then((one) => ({ default: one.OrganizationSelect })),
);

const ALL = '';

/** The choice of an organization in the top bar, for people who belong to several. It leads to that one's apps. */
export function OrganizationSwitcher() {
  const { organizations, chosen } = useOrganizationChoice();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  if (organizations.length < 2) {
    return null;
  }
  const options = [
    { value: ALL, label: 'All organizations' },
    ...organizations.map(({ id, name }) => ({ value: id, label: name })),
  ];

  function choose(value: string) {
    chooseOrganization(value === ALL ? undefined : value);
    if (pathname === '/organization') {
      // Without the address's own organization.
      navigate('/organization', { replace: true });
    } else if (pathname !== '/') {
      navigate('/');
    }
  }

  return (
    // The place is taken before the part has loaded, so that nothing moves.
    <Suspense
      fallback={<span className="button button-small switcher">{chosen?.name ?? options[0]?.label}</span>}
    >
      <OrganizationSelect options={options} value={chosen?.id ?? ALL} onChoose={choose} />
    </Suspense>
  );
}
