import { z } from 'zod';

export const roleSchema = z.enum(['admin', 'member', 'viewer']);

export const meSchema = z
  .object({
    user: z.object({ id: z.uuid(), email: z.string() }),
    organizations: z.array(z.object({ id: z.uuid(), name: z.string(), role: roleSchema })),
  })
  .meta({ id: 'Me' });

export type Me = z.infer<typeof meSchema>;
