import { Page } from '../components/page.tsx';

interface SignInPageProps {
  /** Whether there was a session, which is over. */
  readonly hadSession: boolean;
}

export function SignInPage({ hadSession }: SignInPageProps) {
  return <Page title="Sign in">{hadSession && 'Your session has ended.'}</Page>;
}
