import { useEffect, useState } from 'react';
import { Navigate } from 'react-router';

/** In `localStorage`: a link from an email opens in another tab than the one that asked for it. */
const KEY = 'qassandra-return-to';

/** Where to go once someone who leaves for GitHub or for their mailbox has signed in. */
export function rememberPlace(): void {
  // On the sign-in page itself there is nothing to come back to, and perhaps something remembered.
  if (location.pathname !== '/sign-in') {
    localStorage.setItem(KEY, location.pathname + location.search);
  }
}

/** `/sign-in`, for someone who is signed in: on to where they were. */
export function SignedIn() {
  const [place] = useState(() => localStorage.getItem(KEY));
  useEffect(() => localStorage.removeItem(KEY), []);
  return <Navigate replace to={place && isOwnPath(place) ? place : '/'} />;
}

/** `//host` would lead elsewhere. */
function isOwnPath(place: string): boolean {
  return /^\/(?![/\\])/.test(place) && !place.startsWith('/sign-in');
}
