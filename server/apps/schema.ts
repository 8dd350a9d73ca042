import { z } from 'zod';
import { httpUrlSchema } from '../checks/schema.ts';
import { isUuid } from './app-reference.ts';

export const aliasSchema = z
  .string()
  .regex(/^[a-z0-9-]{2,40}$/, { error: 'must have 2 to 40 characters of a-z, 0-9 and -' })
  .refine((value) => !isUuid(value), { error: 'must not have the form of a UUID' });

const lineSchema = (limit: number) =>
  z
    .string()
    .trim()
    .min(1, { error: 'must not be empty' })
    .max(limit)
    .refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value), {
      error: 'must be one line of text without control characters',
    });

const appFieldsSchema = z.object({
  name: lineSchema(100),
  url: httpUrlSchema.nullable(),
  alias: aliasSchema,
  main_branch: lineSchema(255),
});

export const createAppSchema = appFieldsSchema
  .partial({ url: true, alias: true, main_branch: true })
  .extend({
    organization_id: z
      .uuid()
      .optional()
      .meta({ description: 'May be left out while you belong to one organization only.' }),
  })
  .meta({ id: 'CreateApp' });

export const updateAppSchema = appFieldsSchema.partial().meta({ id: 'UpdateApp' });

export const appSchema = z
  .object({
    id: z.uuid(),
    alias: z.string().meta({ example: 'myapp-prod' }),
    name: z.string(),
    url: z.string().nullable(),
    main_branch: z.string(),
    organization_id: z.uuid(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'App' });

export const appListSchema = z.object({ apps: z.array(appSchema) }).meta({ id: 'AppList' });

export type App = z.infer<typeof appSchema>;
export type CreateApp = z.infer<typeof createAppSchema>;
export type UpdateApp = z.infer<typeof updateAppSchema>;
export type AppList = z.infer<typeof appListSchema>;
