import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { describeOperation, SESSION } from '../../http/describe-operation.ts';
import { inApp } from '../apps/openapi.ts';
import { apiKeyInfoSchema, newApiKeySchema } from './schema.ts';

export const apiKeyPaths: ZodOpenApiPathsObject = {
  '/api/apps/{app}/api-key': {
    get: describeOperation({
      tag: 'API keys',
      summary: "Read what is known of the app's API key",
      security: SESSION,
      params: inApp,
      answers: { '200': apiKeyInfoSchema },
    }),
    post: describeOperation({
      tag: 'API keys',
      summary: "Generate the app's API key, or replace it at once",
      security: SESSION,
      params: inApp,
      answers: { '201': newApiKeySchema },
    }),
    delete: describeOperation({
      tag: 'API keys',
      summary: "Remove the app's API key at once",
      security: SESSION,
      params: inApp,
      answers: { '204': undefined },
    }),
  },
};
