import { Navigate } from 'react-router';

const KEY = 'qassandra-return-to';

/** Where to go once someone who leaves for GitHub has signed in there. */
export function rememberPlace(): void {
  sessionStorage.setItem(KEY, location.pathname);
}

/** `/sign-in`, for someone who is signed in: on to where they were. */
export function SignedIn() {
  const place = sessionStorage.getItem(KEY);
  return <Navigate replace to={place?.startsWith('/') && !place.startsWith('/sign-in') ? place : '/'} />;
}
