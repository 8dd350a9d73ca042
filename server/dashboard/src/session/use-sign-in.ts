import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Me } from '../../../features/organizations/schema.ts';
import { call, Problem, toError } from '../api/client.ts';
import { meQuery } from './queries.ts';
import { rememberPlace } from './signed-in.tsx';

/** The server's routes under `/auth`. */
export type SignInWay = 'password' | 'sign-up' | 'email-link' | 'github';

/** The outcome of the last attempt, if it did not sign in. */
interface Outcome {
  readonly message?: string | undefined;
  readonly error?: Error;
}

/** Signs in, one attempt at a time. Not a mutation: its cache would hold the password. */
export function useSignIn() {
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState<SignInWay>();
  const [outcome, setOutcome] = useState<Outcome>();

  async function start(way: SignInWay, input?: object) {
    if (busy) {
      return;
    }
    setBusy(way);
    try {
      const message = await signIn(queryClient, way, input);
      setOutcome({ message });
    } catch (cause) {
      setOutcome({ error: toError(cause) });
    } finally {
      setBusy(undefined);
    }
  }

  return { busy, outcome, start, reset: () => setOutcome(undefined) };
}

/** Resolves to a message if the sign-in continues elsewhere, such as in an email. */
async function signIn(
  queryClient: QueryClient,
  way: SignInWay,
  body: object | undefined,
): Promise<string | undefined> {
  if (way !== 'password') {
    rememberPlace();
  }
  const answer = await call<{ message?: string; url?: string } | undefined>(`/auth/${way}`, {
    method: 'POST',
    ...(body && { body }),
  });
  if (answer?.url !== undefined) {
    await leaveFor(answer.url);
  } else if (answer?.message === undefined) {
    queryClient.setQueryData(meQuery.queryKey, await readMe());
  }
  return answer?.message;
}

/** Reads the session before the page is shown: the form stays until the sign-in has worked. */
async function readMe(): Promise<Me> {
  try {
    return await call<Me>('/api/me');
  } catch (cause) {
    throw cause instanceof Problem && cause.status === 401
      ? new Problem({
          status: 401,
          code: 'cookie_refused',
          title: 'Your browser did not keep the session',
          detail: 'Allow cookies for this address, then sign in again.',
        })
      : cause;
  }
}

/** Resolves only if the browser restores this page from its back/forward cache. */
function leaveFor(url: string): Promise<void> {
  if (!/^https?:$/.test(new URL(url).protocol)) {
    throw new Error(`Not a web address: ${url}`);
  }
  location.assign(url);
  return new Promise((resolve) => window.addEventListener('pageshow', () => resolve(), { once: true }));
}
