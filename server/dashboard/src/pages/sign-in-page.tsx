import { useEffect } from 'react';
import { useLocation } from 'react-router';
import { LocalSignIn } from '../session/local-sign-in.tsx';
import { SupabaseSignIn } from '../session/supabase-sign-in.tsx';
import { settings } from '../settings.ts';
import '../styles/sign-in.css';

/** The reasons that `/auth/callback` gives for a sign-in that failed. */
const CALLBACK_ERRORS: Readonly<Record<string, string>> = {
  link_invalid: 'This link was used already or is too old. Ask for a new one, or sign in another way.',
  other_browser:
    'This link counts only in the browser that asked for it. Ask for a new one here, and open it in this browser.',
  refused: 'The sign-in was declined on the other side. Try again, or sign in another way.',
  unavailable:
    'The sign-in cannot be completed at the moment. Try again in a few minutes; if this stays, tell whoever runs this server.',
};
const UNKNOWN_ERROR = 'The sign-in did not work. Try again, or sign in another way.';

interface SignInPageProps {
  /** Whether a session has ended, rather than never begun. */
  readonly hadSession: boolean;
}

/** Shown instead of any page while nobody is signed in. */
export function SignInPage({ hadSession }: SignInPageProps) {
  const { pathname, search } = useLocation();
  const code = pathname === '/sign-in' ? new URLSearchParams(search).get('error') : null;
  const fault = code === null ? undefined : (CALLBACK_ERRORS[code] ?? UNKNOWN_ERROR);
  useEffect(() => {
    if (hadSession) {
      // The element that had the focus may be gone with the session.
      document.querySelector('h1')?.focus();
    }
  }, [hadSession]);
  const notice =
    fault !== undefined ? (
      <p className="notice notice-bad" role="alert">
        {fault}
      </p>
    ) : (
      hadSession && (
        <p className="notice notice-warn">Your session has ended. Sign in again to go on where you were.</p>
      )
    );
  return (
    <main id="main" className="narrow">
      <p className="sign-in-brand">Qassandra</p>
      {settings.signIn === 'local' ? <LocalSignIn notice={notice} /> : <SupabaseSignIn notice={notice} />}
    </main>
  );
}
