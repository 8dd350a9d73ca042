import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { describeOperation } from '../http/describe-operation.ts';
import { healthSchema } from './routes.ts';

export const healthPaths: ZodOpenApiPathsObject = {
  '/healthz': {
    get: describeOperation({
      tag: 'Health',
      summary: 'The process lives',
      security: [],
      answers: { '200': healthSchema },
    }),
  },
  '/readyz': {
    get: describeOperation({
      tag: 'Health',
      summary: 'The server can serve',
      security: [],
      answers: { '200': healthSchema, '503': healthSchema },
    }),
  },
};
