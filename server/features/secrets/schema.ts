import { z } from 'zod';
import { createTextSchema } from '../../http/field-schemas.ts';
import { personSchema } from '../organizations/schema.ts';

const MOST_BYTES = 48 * 1024;

/** As GitHub names its secrets, whose own names begin with `GITHUB_`. */
const secretNameSchema = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_]{0,99}$/, {
    error: 'must have 1 to 100 characters of A-Z, 0-9 and _, and not begin with a digit',
  })
  .refine((name) => !name.startsWith('GITHUB_'), { error: 'must not begin with GITHUB_' });

export const secretPathSchema = z.object({ name: secretNameSchema });

export const secretInputSchema = z
  .strictObject({
    value: createTextSchema(MOST_BYTES)
      .min(1, { error: 'must not be empty' })
      .refine((value) => new TextEncoder().encode(value).length <= MOST_BYTES, {
        error: `must have at most ${MOST_BYTES} bytes of UTF-8`,
      })
      .meta({ description: 'At most 48 KiB. No answer shows it.' }),
  })
  .meta({ id: 'SecretInput' });

export const secretSchema = z
  .object({
    name: z.string().meta({ example: 'STAGING_PASSWORD' }),
    updated_at: z.iso.datetime(),
    updated_by: personSchema.nullable(),
    used_in: z.array(z.string()).meta({
      description: 'The check settings that refer to it.',
      example: ['basic_auth.password', 'headers.x-vercel-protection-bypass'],
    }),
  })
  .meta({ id: 'Secret', description: 'What is known about a secret. Nobody can read its value.' });

export const secretListSchema = z.object({ secrets: z.array(secretSchema) }).meta({ id: 'SecretList' });

export type Secret = z.infer<typeof secretSchema>;
export type SecretList = z.infer<typeof secretListSchema>;
