import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { describeOperation, KEY_OR_SESSION, SESSION } from '../../http/describe-operation.ts';
import { appListSchema, appSchema, createAppSchema, setupSchema, updateAppSchema } from './schema.ts';

/** The parameters of every path that is inside an app; a path with more of them extends it. */
export const inApp = z.object({
  app: z.string().meta({ description: "The app's id or alias.", example: 'myapp-prod' }),
});

export const appPaths: ZodOpenApiPathsObject = {
  '/api/apps': {
    get: describeOperation({
      tag: 'Apps',
      summary: 'List your apps',
      security: SESSION,
      answers: { '200': appListSchema },
      isRevalidated: true,
    }),
    post: describeOperation({
      tag: 'Apps',
      summary: 'Add an app',
      security: SESSION,
      body: createAppSchema,
      answers: { '201': appSchema },
    }),
  },
  '/api/apps/{app}': {
    get: describeOperation({
      tag: 'Apps',
      summary: 'Read an app',
      security: KEY_OR_SESSION,
      params: inApp,
      answers: { '200': appSchema },
      isRevalidated: true,
    }),
    patch: describeOperation({
      tag: 'Apps',
      summary: 'Change an app',
      security: SESSION,
      params: inApp,
      body: updateAppSchema,
      answers: { '200': appSchema },
    }),
    delete: describeOperation({
      tag: 'Apps',
      summary: 'Remove an app with its key and its checks',
      security: SESSION,
      params: inApp,
      answers: { '204': undefined },
    }),
  },
  '/api/apps/{app}/setup': {
    get: describeOperation({
      tag: 'Apps',
      summary: "Tell which of an app's first steps are done",
      security: SESSION,
      params: inApp,
      answers: { '200': setupSchema },
      isRevalidated: true,
    }),
  },
};
