import { isApiKey } from '../../../server/auth/keys/api-key-form.ts';
import { FAIL_CONDITIONS, type FailCondition } from '../lib/conclusions.ts';
import { InputError } from '../lib/errors.ts';
import { toLogText } from '../lib/text.ts';

/**
 * Parsers of the inputs of both entry points, text → typed. `subject` names the input at the start of a sentence: ``The
 * input `app-id` `` for the step, `` `--app` `` for the command.
 */

export type Environment = Readonly<Record<string, string | undefined>>;

/** A job may run for five days at most. */
const LONGEST_TIMEOUT_MINUTES = 5 * 24 * 60;

export function assertKeyForm(apiKey: string, subject: string): void {
  if (!isApiKey(apiKey)) {
    throw new InputError(
      `${subject} does not look like a Qassandra key. It may be truncated or mistyped. A key starts with \`qsk_\`, has 46 characters and ends with a checksum of the rest. Copy it again, or have an admin generate a new one on the app's page of the dashboard, and update the secret. Nothing was sent.`,
    );
  }
}

/** Whether a value that should not be secret looks like a key. */
export function looksLikeKey(value: string): boolean {
  return value.startsWith('qsk_');
}

/**
 * Whether a value that is sent and shown contains the key. A text that is not a key (`test`) may be part of any value.
 */
export function holdsKey(value: string, apiKey: string): boolean {
  return isApiKey(apiKey) && value.includes(apiKey);
}

export function parseAppId(value: string, subject: string): string {
  if (value === '') {
    throw new InputError(
      `${subject} is empty. Give the app's UUID or alias, as its page on the dashboard shows them.`,
    );
  }
  if (!/^[A-Za-z0-9-]{2,40}$/.test(value)) {
    throw new InputError(
      `${subject} is ${quote(value)}, which is neither a UUID nor an alias: an alias has 2 to 40 lower-case letters, digits and hyphens.`,
    );
  }
  return value;
}

/** Returns the address without a slash at the end. */
export function parseServerUrl(value: string, subject: string): string {
  const url = parseHttpUrl(value, subject);
  // The URL parser does not report a `?` or `#` with nothing after it.
  if (/[?#]/.test(value)) {
    throw explainUrl(subject, 'must be the address of the server alone, without `?` or `#`');
  }
  return url.href.replace(/\/+$/, '');
}

/** Returns the value unchanged; an empty text if nothing is given. */
export function parseAppUrl(value: string, subject: string): string {
  if (value !== '') {
    parseHttpUrl(value, subject);
  }
  return value;
}

function parseHttpUrl(value: string, subject: string): URL {
  const url = URL.parse(value);
  if (url === null || !/^https?:\/\//i.test(value)) {
    throw explainUrl(subject, 'must be an absolute http or https URL');
  }
  if (url.username !== '' || url.password !== '') {
    throw explainUrl(subject, 'must not contain a user name or a password');
  }
  if (value.length > 2048) {
    throw explainUrl(subject, 'must have at most 2,048 characters');
  }
  return url;
}

/** Does not show the value: an address that cannot be parsed may still contain a password. */
function explainUrl(subject: string, why: string): InputError {
  return new InputError(`${subject} ${why}, for example https://preview.example.com.`);
}

export function parseIfNoKey(value: string, subject: string): 'fail' | 'skip' {
  const lower = value.toLowerCase();
  if (lower !== 'fail' && lower !== 'skip') {
    throw new InputError(`${subject} is ${quote(value)}: it must be \`fail\` or \`skip\`.`);
  }
  return lower;
}

/** Returns milliseconds. */
export function parseTimeout(value: string, subject: string): number {
  const minutes = /^(\d+\.?\d*|\.\d+)$/.test(value) ? Number(value) : Number.NaN;
  if (!(minutes > 0 && minutes <= LONGEST_TIMEOUT_MINUTES)) {
    throw new InputError(
      `${subject} is ${quote(value)}: it must be a number of minutes above 0 and at most ${LONGEST_TIMEOUT_MINUTES}, for example 15 or 0.5.`,
    );
  }
  return minutes * 60_000;
}

export function parseFailOn(value: string, subject: string): readonly FailCondition[] {
  const names = value.split(',').map((name) => name.trim().toLowerCase());
  const given = names.filter((name) => name !== '');
  const advice = `use any of ${FAIL_CONDITIONS.join(', ')}, separated by commas`;
  // Two expressions may both be empty: a step that nothing can fail would be no gate.
  if (given.length === 0) {
    throw new InputError(`${subject} names no conclusion: ${advice}.`);
  }
  return given.map((name) => {
    const condition = FAIL_CONDITIONS.find((candidate) => candidate === name);
    if (condition !== undefined) {
      return condition;
    }
    throw new InputError(`${subject} names ${quote(name)}, which is no conclusion: ${advice}.`);
  });
}

export function parsePullRequestNumber(value: string, subject: string): string {
  const digits = value.replace(/^#/, '');
  if (!/^\d{0,64}$/.test(digits)) {
    throw new InputError(`${subject} is ${quote(value)}: it must be a number, for example 42.`);
  }
  return digits;
}

/** Quotes a value for a message. Hides a key that was put in the wrong place. */
export function quote(value: string): string {
  return `“${toLogText(value, 100).replace(/qsk_\w+/g, 'qsk_…')}”`;
}
