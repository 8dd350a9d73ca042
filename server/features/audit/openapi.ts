import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { describeOperation, SESSION } from '../../http/describe-operation.ts';
import { inApp } from '../apps/openapi.ts';
import { auditQuerySchema } from './routes.ts';
import { auditLogSchema } from './schema.ts';

export const auditPaths: ZodOpenApiPathsObject = {
  '/api/apps/{app}/audit-log': {
    get: describeOperation({
      tag: 'API keys',
      summary: 'Read who did what with the API key, newest first',
      security: SESSION,
      params: inApp,
      query: auditQuerySchema,
      answers: { '200': auditLogSchema },
    }),
  },
};
