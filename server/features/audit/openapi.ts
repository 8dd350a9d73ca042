import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { describeOperation, SESSION } from '../../http/describe-operation.ts';
import { inApp } from '../apps/openapi.ts';
import { auditQuerySchema } from './routes.ts';
import { auditLogSchema } from './schema.ts';

export const auditPaths: ZodOpenApiPathsObject = {
  '/api/apps/{app}/audit-log': {
    get: describeOperation({
      tag: 'Audit log',
      summary: 'Read who did what with keys, secrets and check settings, newest first',
      security: SESSION,
      params: inApp,
      query: auditQuerySchema,
      answers: { '200': auditLogSchema },
    }),
  },
};
