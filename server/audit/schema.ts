import { z } from 'zod';

export const AUDIT_ACTIONS = [
  'api_key.generated',
  'api_key.replaced',
  'api_key.removed',
  'api_key.refused',
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
    ]),
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
