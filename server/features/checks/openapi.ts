import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { describeOperation, KEY_OR_SESSION } from '../../http/describe-operation.ts';
import { inApp } from '../apps/openapi.ts';
import { checksQuerySchema, waitQuerySchema } from './routes.ts';
import {
  checkListSchema,
  checkSchema,
  comparisonSchema,
  triggerAnswerSchema,
  triggerBodySchema,
} from './schema.ts';
import { IDEMPOTENCY_KEY_FORM } from './trigger/trigger-input.ts';

const inCheck = inApp.extend({ check: z.string().meta({ description: "The check's id." }) });

const idempotencyHeader = z.object({
  'Idempotency-Key': z.string().regex(IDEMPOTENCY_KEY_FORM).optional().meta({
    description:
      'For 24 hours, a trigger with the same key is answered with its first check and creates no other.',
  }),
});

export const checkPaths: ZodOpenApiPathsObject = {
  '/api/apps/{app}/trigger': {
    post: describeOperation({
      tag: 'Checks',
      summary: 'Trigger a check',
      security: KEY_OR_SESSION,
      params: inApp,
      header: idempotencyHeader,
      body: triggerBodySchema,
      answers: { '202': triggerAnswerSchema },
    }),
  },
  '/api/apps/{app}/checks': {
    get: describeOperation({
      tag: 'Checks',
      summary: 'List the checks of an app, newest first',
      security: KEY_OR_SESSION,
      params: inApp,
      query: checksQuerySchema,
      answers: { '200': checkListSchema },
      isRevalidated: true,
    }),
  },
  '/api/apps/{app}/checks/{check}': {
    get: describeOperation({
      tag: 'Checks',
      summary: 'Read a check, and wait for its end or for the next change',
      security: KEY_OR_SESSION,
      params: inCheck,
      query: waitQuerySchema,
      answers: { '200': checkSchema },
      isRevalidated: true,
    }),
  },
  '/api/apps/{app}/checks/{check}/comparison': {
    get: describeOperation({
      tag: 'Checks',
      summary: "Tell which failures of a check are new since the app's main branch",
      security: KEY_OR_SESSION,
      params: inCheck,
      answers: { '200': comparisonSchema },
    }),
  },
  '/api/apps/{app}/checks/{check}/cancel': {
    post: describeOperation({
      tag: 'Checks',
      summary: 'Cancel a check that has not ended',
      security: KEY_OR_SESSION,
      params: inCheck,
      answers: { '202': checkSchema },
    }),
  },
};
