import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { describeOperation, SESSION } from '../../http/describe-operation.ts';
import { inApp } from '../apps/openapi.ts';
import { triggerAnswerSchema } from '../checks/schema.ts';
import { checkSettingsInputSchema, checkSettingsSchema } from './schema.ts';

export const checkSettingsPaths: ZodOpenApiPathsObject = {
  '/api/apps/{app}/check-settings': {
    get: describeOperation({
      tag: 'Check settings',
      summary: 'Read how an app is checked',
      security: SESSION,
      params: inApp,
      answers: { '200': checkSettingsSchema },
    }),
    put: describeOperation({
      tag: 'Check settings',
      summary: 'Change how an app is checked',
      security: SESSION,
      params: inApp,
      body: checkSettingsInputSchema,
      answers: { '200': checkSettingsSchema },
    }),
  },
  '/api/apps/{app}/check-settings/try': {
    post: describeOperation({
      tag: 'Check settings',
      summary: 'Start a check with these settings, without storing them',
      security: SESSION,
      params: inApp,
      body: checkSettingsInputSchema,
      answers: { '202': triggerAnswerSchema },
    }),
  },
};
