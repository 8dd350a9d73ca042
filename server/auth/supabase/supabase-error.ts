import type { AuthError } from '@supabase/supabase-js';
import { ApiError, type ErrorCode } from '../../http/errors.ts';
import { createInvalidSessionError, createUnavailableError } from '../session/session.ts';
import type { CallFailure } from './supabase-client.ts';

const DEFAULT_RETRY_AFTER = '60';
const NOT_STANDING = new Set([401, 403]);

/** Refusals of Supabase Auth by error code, and what a person can do about each. */
const REFUSALS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  invalid_credentials: ['sign_in_refused', 'The email address or the password is wrong.'],
  email_not_confirmed: [
    'sign_in_refused',
    'Your email address is not confirmed. Open the link in the email we sent you, then sign in.',
  ],
  user_banned: ['sign_in_refused', 'This account is blocked. Ask the operator of this server.'],
  signup_disabled: ['sign_in_unavailable', 'This server accepts no new accounts. Ask its operator.'],
  email_provider_disabled: [
    'sign_in_unavailable',
    'Signing in by email is turned off in the Supabase project.',
  ],
  captcha_failed: [
    'sign_in_unavailable',
    'The Supabase project asks for a CAPTCHA, which this server does not show. Turn it off under Authentication.',
  ],
};

/** Error codes of Supabase Auth about one input field. */
const INPUT_ERRORS: Readonly<Record<string, readonly [string, string]>> = {
  email_address_invalid: ['email', 'cannot receive email'],
  email_address_not_authorized: ['email', 'cannot receive email from this Supabase project'],
  user_already_exists: ['email', 'has an account already: sign in instead'],
  email_exists: ['email', 'has an account already: sign in instead'],
};

/** The answer to a sign-in that Supabase Auth refused. */
export function toSignInError(error: AuthError, failure: CallFailure): ApiError {
  if (error.status === 429) {
    const seconds = /^\d+$/.test(failure.retryAfter ?? '') ? failure.retryAfter : undefined;
    const retryAfter = seconds ?? DEFAULT_RETRY_AFTER;
    return new ApiError('too_many_requests', `Too many attempts. Try again in ${retryAfter} s.`, {
      headers: { 'Retry-After': retryAfter },
    });
  }
  if (isUnavailable(error) || isRefusedByGateway(error)) {
    return createUnavailableError({ cause: describe(error, failure) });
  }
  if (error.code === 'weak_password') {
    // Take Supabase's words, since only the project knows its rules. The name of the field comes before them.
    return createInputError('password', error.message.replace(/^Password /, '').replace(/\.$/, ''));
  }
  const [field, message] = INPUT_ERRORS[error.code ?? ''] ?? [];
  if (field !== undefined && message !== undefined) {
    return createInputError(field, message);
  }
  const [code, detail] = REFUSALS[error.code ?? 'invalid_credentials'] ?? [
    'sign_in_refused' as const,
    `Supabase refused the sign-in (${error.code}). Check the email address and the password.`,
  ];
  return new ApiError(code, detail);
}

/** The answer if Supabase Auth did not renew a session. Only a refusal of the token itself ends the session. */
export function toRenewalError(error: AuthError, failure: CallFailure): ApiError {
  const isRefused = !isUnavailable(error) && !isRefusedByGateway(error) && !isElsewhere(error);
  return isRefused
    ? createInvalidSessionError()
    : createUnavailableError({ cause: describe(error, failure) });
}

/** The answer if Supabase Auth did not confirm that a session is open. */
export function toStandingError(error: AuthError, failure: CallFailure): ApiError {
  const isOver = error.name === 'AuthSessionMissingError' || NOT_STANDING.has(error.status ?? 0);
  return isOver ? createInvalidSessionError() : createUnavailableError({ cause: describe(error, failure) });
}

/** Whether there was no answer, or one whose status decides nothing: below 400, or 500 and above. */
export function isUnavailable(error: AuthError): boolean {
  return error.status === undefined || error.status < 400 || error.status >= 500;
}

/**
 * Whether the gateway refused the publishable key. It stands in front of Supabase Auth, and its errors have no code.
 */
export function isRefusedByGateway(error: AuthError): boolean {
  return NOT_STANDING.has(error.status ?? 0) && error.code === undefined;
}

function isElsewhere({ status }: AuthError): boolean {
  return status === 404 || status === 408 || status === 429;
}

function createInputError(path: string, message: string): ApiError {
  return new ApiError('invalid_request', `Correct the input. ${path}: ${message}`, {
    errors: [{ path, message }],
  });
}

/** An error for the log. Never log the original: it may quote the request or the answer. */
export function describe({ name, status, code }: AuthError, { reason }: CallFailure): Error {
  return new Error(
    `Supabase Auth: ${[name, status, code, reason].filter((part) => part !== undefined).join(', ')}`,
  );
}
