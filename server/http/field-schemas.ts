import { z } from 'zod';

/** PostgreSQL's text cannot hold NUL, and JSON cannot carry an unpaired surrogate to another system. */
function isStorable(value: string): boolean {
  return value.isWellFormed() && !value.includes('\0');
}

const NOT_STORABLE = { error: 'must be well-formed text without NUL characters' };

/** Text of at most `limit` characters. */
export function createTextSchema(limit: number) {
  return z.string().max(limit).refine(isStorable, NOT_STORABLE);
}

/**
 * Text that is cut to `limit` characters, never within a character. It is not refused: a long message must not break a
 * build.
 */
export function createCutTextSchema(limit: number) {
  return z
    .string()
    .refine(isStorable, NOT_STORABLE)
    .transform((value) => value.slice(0, limit).replace(/[\uD800-\uDBFF]$/, ''))
    .meta({ description: `Cut to ${limit} characters.` });
}

/** One line of text, like a name: trimmed, not empty, at most `limit` characters, no control characters. */
export function createLineSchema(limit: number) {
  return z
    .string()
    .trim()
    .min(1, { error: 'must not be empty' })
    .max(limit)
    .refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value), {
      error: 'must be one line of text without control characters',
    });
}

/** An address that email can be sent to. */
export const emailSchema = z
  .string()
  .trim()
  .max(320)
  .meta({ format: 'email' })
  .pipe(z.email({ error: 'must be an email address' }));

/** An absolute http or https URL. White space around it and line breaks in it are removed, as browsers do. */
export const httpUrlSchema = z
  .url({ protocol: /^https?$/, hostname: /^.+$/, error: 'must be an absolute http or https URL' })
  .max(2048)
  .refine(isStorable, NOT_STORABLE)
  .refine((value) => !hasCredentials(value), { error: 'must not hold a user name or password' });

function hasCredentials(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && (url.username !== '' || url.password !== '');
}
