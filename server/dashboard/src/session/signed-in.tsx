import { useEffect, useState } from 'react';
import { Navigate } from 'react-router';

/** In `localStorage`: an emailed link opens in another tab than the one that asked for it. */
const KEY = 'qassandra-return-to';

/** Stores where to return after a sign-in that leaves this page, by GitHub or by email. */
export function rememberPlace(): void {
  // The sign-in page is no place to return to, and an earlier place may be stored.
  if (location.pathname !== '/sign-in') {
    localStorage.setItem(KEY, location.pathname + location.search);
  }
}

/** `/sign-in`, for a person who is signed in: leads to where they were before. */
export function SignedIn() {
  const [place] = useState(() => localStorage.getItem(KEY));
  useEffect(() => localStorage.removeItem(KEY), []);
  return <Navigate replace to={place && isOwnPath(place) ? place : '/'} />;
}

/** `//host` would lead elsewhere. */
function isOwnPath(place: string): boolean {
  return /^\/(?![/\\])/.test(place) && !place.startsWith('/sign-in');
}
