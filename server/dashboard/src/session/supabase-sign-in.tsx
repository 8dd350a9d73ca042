import { type FormEvent, type ReactNode, useState } from 'react';
import { flushSync } from 'react-dom';
import { BusyButton } from '../ui/busy-button.tsx';
import { FormFailure, getFieldFaults, useFaultFocus } from '../ui/forms/form-failure.tsx';
import { TextField } from '../ui/forms/text-field.tsx';
import { Page } from '../ui/page.tsx';
import { useSignIn } from './use-sign-in.ts';

const VIEWS = {
  password: {
    title: 'Sign in',
    submit: 'Sign in',
    busy: 'Signing in…',
    autoComplete: 'current-password',
    question: 'No account yet?',
    other: 'Create an account',
  },
  'sign-up': {
    title: 'Create an account',
    submit: 'Create account',
    busy: 'Creating…',
    autoComplete: 'new-password',
    question: 'You have an account?',
    other: 'Sign in instead',
  },
} as const;

interface SupabaseSignInProps {
  /** Shown until the first attempt. */
  readonly notice: ReactNode;
}

/** Sign-in by password, emailed link or GitHub. Each goes through the server, so that no token is in the page. */
export function SupabaseSignIn({ notice }: SupabaseSignInProps) {
  const [view, setView] = useState<keyof typeof VIEWS>('password');
  const { busy, outcome, start, reset } = useSignIn();
  const form = useFaultFocus(outcome?.error ?? null);
  const faults = getFieldFaults(outcome?.error ?? null);
  const { title, submit, busy: busyText, autoComplete, question, other } = VIEWS[view];
  const readFields = () => Object.fromEntries(new FormData(form.current ?? undefined));

  function switchView() {
    reset();
    flushSync(() => setView(view === 'password' ? 'sign-up' : 'password'));
    document.querySelector('h1')?.focus();
  }

  return (
    <Page title={title}>
      {!outcome && notice}
      {/* Rendered while empty: screen readers announce only what is added to a region that is there. */}
      <div role="status" className="said">
        {outcome?.message !== undefined && <p className="notice">{outcome.message}</p>}
      </div>
      <FormFailure error={outcome?.error ?? null} faults={faults} />
      <form
        ref={form}
        className="form"
        method="post"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void start(view, readFields());
        }}
        noValidate
      >
        <TextField
          label="Email"
          name="email"
          type="email"
          required
          autoComplete="username"
          spellCheck={false}
          error={faults.email}
        />
        <TextField
          key={view}
          label="Password"
          name="password"
          type="password"
          required
          autoComplete={autoComplete}
          error={faults.password}
        />
        <BusyButton
          type="submit"
          className="button button-primary"
          isBusy={busy === view}
          busyText={busyText}
          disabled={busy !== undefined}
        >
          {submit}
        </BusyButton>
        {view === 'password' && (
          <BusyButton
            className="button"
            isBusy={busy === 'email-link'}
            busyText="Sending…"
            disabled={busy !== undefined}
            onClick={() => start('email-link', { email: readFields().email })}
          >
            Email me a link
          </BusyButton>
        )}
        <BusyButton
          className="button"
          isBusy={busy === 'github'}
          busyText="Going to GitHub…"
          disabled={busy !== undefined}
          onClick={() => start('github')}
        >
          Continue with GitHub
        </BusyButton>
      </form>
      <p>
        {question}{' '}
        <button type="button" className="link-button" onClick={switchView}>
          {other}
        </button>
      </p>
    </Page>
  );
}
