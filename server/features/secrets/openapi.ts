import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { describeOperation, SESSION } from '../../http/describe-operation.ts';
import { inApp } from '../apps/openapi.ts';
import { secretInputSchema, secretListSchema } from './schema.ts';

const inSecret = inApp.extend({
  name: z.string().meta({ description: "The secret's name, as GitHub's.", example: 'STAGING_PASSWORD' }),
});

export const secretPaths: ZodOpenApiPathsObject = {
  '/api/apps/{app}/secrets': {
    get: describeOperation({
      tag: 'Check settings',
      summary: "List the names of an app's secrets, and where they are used",
      security: SESSION,
      params: inApp,
      answers: { '200': secretListSchema },
    }),
  },
  '/api/apps/{app}/secrets/{name}': {
    put: describeOperation({
      tag: 'Check settings',
      summary: 'Set a secret',
      security: SESSION,
      params: inSecret,
      body: secretInputSchema,
      answers: { '204': undefined },
    }),
    delete: describeOperation({
      tag: 'Check settings',
      summary: 'Remove a secret that the check settings do not use',
      security: SESSION,
      params: inSecret,
      answers: { '204': undefined },
    }),
  },
};
