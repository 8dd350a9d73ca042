import { z } from 'zod';
import { createLineSchema, createNameSchema, httpUrlSchema } from '../../http/field-schemas.ts';
import { isUuid } from '../../http/ids.ts';
import { checkSchema, conclusionSchema } from '../checks/schema.ts';

export const aliasSchema = z
  .string()
  .regex(/^[a-z0-9-]{2,40}$/, { error: 'must have 2 to 40 characters of a-z, 0-9 and -' })
  .refine((value) => !isUuid(value), { error: 'must not have the form of a UUID' });

const appFieldsSchema = z.object({
  name: createNameSchema(100),
  url: httpUrlSchema.nullable(),
  alias: aliasSchema,
  main_branch: createLineSchema(255),
  repository_url: httpUrlSchema.nullable().meta({
    description: "The app's repository, for links to commits, pull requests and secrets.",
    example: 'https://github.com/acme/shop',
  }),
});

export const createAppSchema = appFieldsSchema
  .partial({ url: true, alias: true, main_branch: true, repository_url: true })
  .extend({
    organization_id: z
      .uuid()
      .optional()
      .meta({ description: 'Optional if you belong to one organization only.' }),
  })
  .meta({ id: 'CreateApp' });

const changeableFields = appFieldsSchema.partial().shape;

/** Refuses other fields, such as the organization: a change that is ignored would look as if it had been made. */
export const updateAppSchema = z
  .strictObject(changeableFields, {
    error: ({ code }) =>
      code === 'unrecognized_keys'
        ? `cannot be changed: only ${Object.keys(changeableFields).join(', ')} can`
        : undefined,
  })
  .meta({ id: 'UpdateApp' });

export const appSchema = z
  .object({
    id: z.uuid(),
    alias: z.string().meta({ example: 'myapp-prod' }),
    name: z.string(),
    url: z.string().nullable(),
    main_branch: z.string(),
    repository_url: z.string().nullable(),
    organization_id: z.uuid(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'App' });

const listedCheckSchema = checkSchema
  .pick({ id: true, status: true, conclusion: true, incomplete: true, created_at: true })
  .nullable();

/** How many checks `recent_conclusions` tells of. */
export const RECENT_CHECKS = 10;

const listedAppSchema = appSchema
  .extend({
    main_check: listedCheckSchema.meta({
      description:
        'The newest check of the main branch that has finished or could not run: the state of the app.',
    }),
    last_check: listedCheckSchema.meta({
      description: 'The newest check, whether or not it has ended. Trials of settings do not count.',
    }),
    recent_conclusions: z
      .array(z.enum([...conclusionSchema.options, 'incomplete']))
      .max(RECENT_CHECKS)
      .meta({
        description:
          'How the last checks ended, on any branch, the newest last. `incomplete`: passed, and stopped at a limit that nobody chose.',
      }),
  })
  .meta({ id: 'ListedApp' });

export const appListSchema = z.object({ apps: z.array(listedAppSchema) }).meta({ id: 'AppList' });

export const setupSchema = z
  .object({
    has_api_key: z.boolean(),
    is_api_key_used: z.boolean().meta({ description: 'Whether the key that the app has now was ever used.' }),
    has_ci_check: z.boolean().meta({ description: 'Whether a check was triggered with a key.' }),
    has_pull_request_check: z
      .boolean()
      .meta({ description: 'Whether a check of a pull request, triggered with a key, has ended.' }),
  })
  .meta({ id: 'Setup', description: "Which of an app's first steps are done." });

export type App = z.infer<typeof appSchema>;
export type CreateApp = z.infer<typeof createAppSchema>;
export type UpdateApp = z.infer<typeof updateAppSchema>;
export type AppList = z.infer<typeof appListSchema>;
export type ListedApp = z.infer<typeof listedAppSchema>;
export type ListedCheck = NonNullable<ListedApp['last_check']>;
export type RecentConclusion = ListedApp['recent_conclusions'][number];
export type Setup = z.infer<typeof setupSchema>;
