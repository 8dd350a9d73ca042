import { z } from 'zod';
import { createNameSchema, emailSchema } from '../../http/field-schemas.ts';

export const roleSchema = z.enum(['admin', 'member', 'viewer']);

/** A user, as shown to everyone who shares an organization or an app with them. */
export const personSchema = z.object({ id: z.uuid(), email: z.string() });

/** An organization, with the role that the reader has in it. */
export const organizationSchema = z
  .object({ id: z.uuid(), name: z.string(), role: roleSchema })
  .meta({ id: 'Organization' });

export const organizationListSchema = z
  .object({ organizations: z.array(organizationSchema) })
  .meta({ id: 'OrganizationList' });

export const organizationInputSchema = z
  .object({ name: createNameSchema(100) })
  .meta({ id: 'OrganizationInput' });

export const meSchema = z
  .object({ user: personSchema, organizations: z.array(organizationSchema) })
  .meta({ id: 'Me' });

export const memberSchema = z
  .object({ user: personSchema, role: roleSchema, created_at: z.iso.datetime() })
  .meta({ id: 'Member' });

export const memberListSchema = z.object({ members: z.array(memberSchema) }).meta({ id: 'MemberList' });

export const memberInputSchema = z.object({ role: roleSchema }).meta({ id: 'MemberInput' });

export const invitationSchema = z
  .object({
    id: z.uuid(),
    email: z.string(),
    role: roleSchema,
    invited_by: personSchema.nullable(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
  })
  .meta({ id: 'Invitation', description: 'Becomes a membership at the first sign-in with this address.' });

export const invitationListSchema = z
  .object({ invitations: z.array(invitationSchema) })
  .meta({ id: 'InvitationList' });

export const invitationInputSchema = z
  .object({
    email: emailSchema.pipe(z.string().toLowerCase()),
    role: roleSchema.default('member'),
  })
  .meta({ id: 'InvitationInput' });

/** The result of an invitation: a user with that address becomes a member at once, otherwise the invitation is stored. */
export const invitationAnswerSchema = z
  .object({ member: memberSchema.nullable(), invitation: invitationSchema.nullable() })
  .meta({ id: 'InvitationAnswer', description: 'One of the two is set.' });

export type Person = z.infer<typeof personSchema>;
export type Organization = z.infer<typeof organizationSchema>;
export type OrganizationList = z.infer<typeof organizationListSchema>;
export type Me = z.infer<typeof meSchema>;
export type Member = z.infer<typeof memberSchema>;
export type MemberList = z.infer<typeof memberListSchema>;
export type Invitation = z.infer<typeof invitationSchema>;
export type InvitationList = z.infer<typeof invitationListSchema>;
export type InvitationAnswer = z.infer<typeof invitationAnswerSchema>;
