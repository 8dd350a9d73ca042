import { z } from 'zod';

export const AUDIT_ACTIONS = [
  'api_key.generated',
  'api_key.replaced',
  'api_key.removed',
  'api_key.refused',
  'api_key.leaked',
  'check_settings.changed',
  'secret.set',
  'secret.removed',
] as const;

export const auditEventSchema = z
  .object({
    id: z.string(),
    action: z.enum(AUDIT_ACTIONS),
    actor: z.discriminatedUnion('type', [
      z.object({ type: z.literal('user'), id: z.uuid().nullable(), email: z.string().nullable() }),
      z.object({
        type: z.literal('api_key'),
        start: z
          .string()
          .nullable()
          .meta({ description: 'The first characters of the key that was refused.' }),
      }),
      z.object({ type: z.literal('secret_scanning'), name: z.literal('GitHub secret scanning') }),
    ]),
    leak: z
      .object({
        start: z.string().nullable().meta({ description: 'The first characters of the key that was found.' }),
        url: z
          .url({ protocol: /^https?$/ })
          .nullable()
          .meta({ description: 'Where it was found.' }),
        source: z.string().nullable().meta({ description: 'In what it was found.', example: 'commit' }),
      })
      .nullable()
      .meta({ description: 'The key that was found in public and removed at once; else `null`.' }),
    secret_name: z
      .string()
      .nullable()
      .meta({ description: 'The name of the secret that was set or removed.' }),
    changed_fields: z
      .array(z.string())
      .nullable()
      .meta({ description: 'The check settings that were changed.', example: ['headers', 'max_pages'] }),
    ip: z.string().nullable(),
    user_agent: z.string().nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'AuditEvent' });

export const auditLogSchema = z
  .object({ events: z.array(auditEventSchema), next_cursor: z.string().nullable() })
  .meta({ id: 'AuditLog' });

export type AuditAction = (typeof AUDIT_ACTIONS)[number];
export type AuditEvent = z.infer<typeof auditEventSchema>;
export type AuditLog = z.infer<typeof auditLogSchema>;
