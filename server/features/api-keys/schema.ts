import { z } from 'zod';
import { personSchema } from '../organizations/schema.ts';

export const apiKeyInfoSchema = z
  .object({
    exists: z.boolean(),
    start: z.string().nullable().meta({ description: '`qsk_` and 4 characters.' }),
    last_four: z.string().nullable(),
    created_at: z.iso.datetime().nullable(),
    created_by: personSchema.nullable(),
    last_used_at: z.iso.datetime().nullable().meta({ description: 'At most a minute behind.' }),
  })
  .meta({
    id: 'ApiKeyInfo',
    description: 'What is known about a key. All fields are `null` if the app has none.',
  });

export const newApiKeySchema = apiKeyInfoSchema
  .extend({ api_key: z.string().meta({ description: 'The whole key. No other answer contains it.' }) })
  .meta({ id: 'NewApiKey' });

export type ApiKeyInfo = z.infer<typeof apiKeyInfoSchema>;
export type NewApiKey = z.infer<typeof newApiKeySchema>;
