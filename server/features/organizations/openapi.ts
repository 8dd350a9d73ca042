import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { describe, SESSION } from '../../http/operation.ts';
import {
  invitationAnswerSchema,
  invitationInputSchema,
  invitationListSchema,
  memberInputSchema,
  memberListSchema,
  memberSchema,
  meSchema,
  organizationInputSchema,
  organizationListSchema,
  organizationSchema,
} from './schema.ts';

const inOrganization = z.object({ organization: z.string().meta({ description: "The organization's id." }) });
const ofMember = inOrganization.extend({ user: z.string().meta({ description: "The user's id." }) });
const ofInvitation = inOrganization.extend({
  invitation: z.string().meta({ description: "The invitation's id." }),
});

export const organizationPaths: ZodOpenApiPathsObject = {
  '/api/me': {
    get: describe({
      tag: 'Organizations',
      summary: 'Who is signed in, and what they belong to',
      security: SESSION,
      answers: { '200': meSchema },
    }),
  },
  '/api/organizations': {
    get: describe({
      tag: 'Organizations',
      summary: 'List your organizations',
      security: SESSION,
      answers: { '200': organizationListSchema },
    }),
    post: describe({
      tag: 'Organizations',
      summary: 'Add an organization, as its admin',
      security: SESSION,
      body: organizationInputSchema,
      answers: { '201': organizationSchema },
    }),
  },
  '/api/organizations/{organization}': {
    get: describe({
      tag: 'Organizations',
      summary: 'Read an organization',
      security: SESSION,
      params: inOrganization,
      answers: { '200': organizationSchema },
    }),
    patch: describe({
      tag: 'Organizations',
      summary: 'Rename an organization',
      security: SESSION,
      params: inOrganization,
      body: organizationInputSchema,
      answers: { '200': organizationSchema },
    }),
  },
  '/api/organizations/{organization}/members': {
    get: describe({
      tag: 'Organizations',
      summary: 'List the members of an organization, by email',
      security: SESSION,
      params: inOrganization,
      answers: { '200': memberListSchema },
    }),
  },
  '/api/organizations/{organization}/members/{user}': {
    patch: describe({
      tag: 'Organizations',
      summary: "Change a member's role",
      security: SESSION,
      params: ofMember,
      body: memberInputSchema,
      answers: { '200': memberSchema },
    }),
    delete: describe({
      tag: 'Organizations',
      summary: 'Remove a member, or leave',
      security: SESSION,
      params: ofMember,
      answers: { '204': undefined },
    }),
  },
  '/api/organizations/{organization}/invitations': {
    get: describe({
      tag: 'Organizations',
      summary: 'List the invitations that wait, by email',
      security: SESSION,
      params: inOrganization,
      answers: { '200': invitationListSchema },
    }),
    post: describe({
      tag: 'Organizations',
      summary: 'Invite an address, or renew its invitation',
      security: SESSION,
      params: inOrganization,
      body: invitationInputSchema,
      answers: { '201': invitationAnswerSchema },
    }),
  },
  '/api/organizations/{organization}/invitations/{invitation}': {
    delete: describe({
      tag: 'Organizations',
      summary: 'Take an invitation back',
      security: SESSION,
      params: ofInvitation,
      answers: { '204': undefined },
    }),
  },
};
