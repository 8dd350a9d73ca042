import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { describeOperation, KEY_OR_SESSION } from '../../http/describe-operation.ts';
import { inApp } from '../apps/openapi.ts';
import { statisticsQuerySchema } from './routes.ts';
import { statisticsSchema } from './schema.ts';

export const statisticsPaths: ZodOpenApiPathsObject = {
  '/api/apps/{app}/statistics': {
    get: describeOperation({
      tag: 'Checks',
      summary: 'Failure rate, durations and flaky flows of the last days',
      security: KEY_OR_SESSION,
      params: inApp,
      query: statisticsQuerySchema,
      answers: { '200': statisticsSchema },
      isRevalidated: true,
    }),
  },
};
