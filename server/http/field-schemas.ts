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

/** Emoji, some of which are joined by characters that show nothing. */
const EMOJI = /\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?(?:\u200D\p{Extended_Pictographic}\uFE0F?)*/gv;

/** Arabic and Indic scripts, which are written with joiners and non-joiners between letters. */
const JOINING = `[${[
  'Arab',
  'Syrc',
  'Deva',
  'Beng',
  'Guru',
  'Gujr',
  'Orya',
  'Taml',
  'Telu',
  'Knda',
  'Mlym',
  'Sinh',
  'Khmr',
  'Mymr',
  'Tibt',
]
  .map((script) => `\\p{scx=${script}}`)
  .join('')}]`;
const JOINER = new RegExp(`(?<=${JOINING})[\\u200C\\u200D](?=${JOINING})`, 'gu');

const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/u;

/** A line without invisible characters: names that look the same are the same, and no character hides others. */
export function createNameSchema(limit: number) {
  return createLineSchema(limit).superRefine((value, context) => {
    const found = INVISIBLE.exec(value.replace(EMOJI, '').replace(JOINER, ''))?.[0].codePointAt(0);
    if (found !== undefined) {
      const name = `U+${found.toString(16).toUpperCase().padStart(4, '0')}`;
      context.addIssue({ code: 'custom', message: `must not have the invisible character ${name}` });
    }
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
  .refine((value) => !hasCredentials(value), { error: 'must not contain a user name or password' });

function hasCredentials(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && (url.username !== '' || url.password !== '');
}
