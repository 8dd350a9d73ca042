import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, NavLink } from 'react-router';
import type { Me } from '../../../features/organizations/schema.ts';
import { call, toError } from '../api/client.ts';
import { Failure } from '../ui/failure.tsx';

export function TopBar({ me }: { readonly me: Me | undefined }) {
  const queryClient = useQueryClient();
  const [error, setError] = useState<Error>();

  async function signOut() {
    try {
      await call('/auth/sign-out', { method: 'POST' });
      queryClient.clear();
      location.assign('/');
    } catch (cause) {
      setError(toError(cause));
    }
  }

  return (
    <header className="top-bar">
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <Link className="brand" to="/">
        Qassandra
      </Link>
      <nav aria-label="Main">
        <NavLink to="/" end>
          Apps
        </NavLink>
        <NavLink to="/organization">Organization</NavLink>
        <a href="/api/docs/">API</a>
      </nav>
      {me && (
        <div className="account">
          <span className="account-email" title={me.user.email}>
            {me.user.email}
          </span>
          <button type="button" className="button button-small" onClick={signOut}>
            Sign out
          </button>
        </div>
      )}
      {error && <Failure error={error} />}
    </header>
  );
}
