import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link, useLocation } from 'react-router';
import type { Me } from '../../../features/organizations/schema.ts';
import { call, toError } from '../api/client.ts';
import { Failure } from '../ui/failure.tsx';

interface TopBarProps {
  readonly me: Me | undefined;
  /** The choice of an organization. */
  readonly switcher: ReactNode;
}

export function TopBar({ me, switcher }: TopBarProps) {
  const { pathname } = useLocation();
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
      {switcher}
      <nav aria-label="Main">
        <Link to="/" aria-current={isOfApps(pathname) ? 'page' : undefined}>
          Apps
        </Link>
        <Link to="/organization" aria-current={pathname === '/organization' ? 'page' : undefined}>
          Organization
        </Link>
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

/** The pages of an app and of its checks belong to the apps. */
function isOfApps(pathname: string): boolean {
  return pathname === '/' || pathname.startsWith('/apps/');
}
