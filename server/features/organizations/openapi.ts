import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { describeOperation, SESSION } from '../../http/describe-operation.ts';
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
    get: describeOperation({
      tag: 'Organizations',
      summary: 'Read who is signed in, and their organizations',
      security: SESSION,
      answers: { '200': meSchema },
      isRevalidated: true,
    }),
  },
  '/api/organizations': {
    get: describeOperation({
      tag: 'Organizations',
      summary: 'List your organizations',
      security: SESSION,
      answers: { '200': organizationListSchema },
      isRevalidated: true,
    }),
    post: describeOperation({
      tag: 'Organizations',
      summary: 'Add an organization, as its admin',
      security: SESSION,
      body: organizationInputSchema,
      answers: { '201': organizationSchema },
    }),
  },
  '/api/organizations/{organization}': {
    get: describeOperation({
      tag: 'Organizations',
      summary: 'Read an organization',
      security: SESSION,
      params: inOrganization,
      answers: { '200': organizationSchema },
      isRevalidated: true,
    }),
    patch: describeOperation({
      tag: 'Organizations',
      summary: 'Rename an organization',
      security: SESSION,
      params: inOrganization,
      body: organizationInputSchema,
      answers: { '200': organizationSchema },
    }),
  },
  '/api/organizations/{organization}/members': {
    get: describeOperation({
      tag: 'Organizations',
      summary: 'List the members of an organization, by email',
      security: SESSION,
      params: inOrganization,
      answers: { '200': memberListSchema },
      isRevalidated: true,
    }),
  },
  '/api/organizations/{organization}/members/{user}': {
    patch: describeOperation({
      tag: 'Organizations',
      summary: "Change a member's role",
      security: SESSION,
      params: ofMember,
      body: memberInputSchema,
      answers: { '200': memberSchema },
    }),
    delete: describeOperation({
      tag: 'Organizations',
      summary: 'Remove a member, or leave',
      security: SESSION,
      params: ofMember,
      answers: { '204': undefined },
    }),
  },
  '/api/organizations/{organization}/invitations': {
    get: describeOperation({
      tag: 'Organizations',
      summary: 'List the pending invitations, by email',
      security: SESSION,
      params: inOrganization,
      answers: { '200': invitationListSchema },
      isRevalidated: true,
    }),
    post: describeOperation({
      tag: 'Organizations',
      summary: 'Invite an address, or renew its invitation',
      security: SESSION,
      params: inOrganization,
      body: invitationInputSchema,
      answers: { '201': invitationAnswerSchema },
    }),
  },
  '/api/organizations/{organization}/invitations/{invitation}': {
    delete: describeOperation({
      tag: 'Organizations',
      summary: 'Take an invitation back',
      security: SESSION,
      params: ofInvitation,
      answers: { '204': undefined },
    }),
  },
};
