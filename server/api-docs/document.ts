import { z } from 'zod';
import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi';
import { getCookieName } from '../auth/session/session-cookie.ts';
import { apiKeyInfoSchema, newApiKeySchema } from '../features/api-keys/schema.ts';
import { appListSchema, appSchema, createAppSchema, updateAppSchema } from '../features/apps/schema.ts';
import { auditQuerySchema } from '../features/audit/routes.ts';
import { auditLogSchema } from '../features/audit/schema.ts';
import { checksQuerySchema, waitQuerySchema } from '../features/checks/routes.ts';
import {
  checkListSchema,
  checkSchema,
  triggerAnswerSchema,
  triggerBodySchema,
} from '../features/checks/schema.ts';
import { IDEMPOTENCY_KEY_FORM } from '../features/checks/trigger-input.ts';
import { organizationPaths } from '../features/organizations/openapi.ts';
import { leakLabelsSchema, leakReportSchema } from '../features/secret-scanning/schema.ts';
import { healthSchema } from '../health/routes.ts';
import { describe, KEY_OR_SESSION, SESSION } from '../http/operation.ts';
import { version } from '../version.ts';

const APP = z.string().meta({ description: "The app's id or alias.", example: 'myapp-prod' });
const inApp = z.object({ app: APP });
const inCheck = z.object({ app: APP, check: z.string().meta({ description: "The check's id." }) });

const idempotencyHeader = z.object({
  'Idempotency-Key': z.string().regex(IDEMPOTENCY_KEY_FORM).optional().meta({
    description: 'The same key within 24 hours answers with the check that it made the first time.',
  }),
});

const signatureHeaders = z.object({
  'Github-Public-Key-Identifier': z.string().meta({ description: "The key's name on GitHub's list." }),
  'Github-Public-Key-Signature': z.string().meta({
    description: 'ECDSA on P-256 with SHA-256 over the body as it is sent: the base64 of its DER encoding.',
  }),
});

const paths: ZodOpenApiPathsObject = {
  '/api/apps/{app}/trigger': {
    post: describe({
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
    get: describe({
      tag: 'Checks',
      summary: 'List the checks of an app, newest first',
      security: KEY_OR_SESSION,
      params: inApp,
      query: checksQuerySchema,
      answers: { '200': checkListSchema },
    }),
  },
  '/api/apps/{app}/checks/{check}': {
    get: describe({
      tag: 'Checks',
      summary: 'Read a check, and wait for its end or for the next change',
      security: KEY_OR_SESSION,
      params: inCheck,
      query: waitQuerySchema,
      answers: { '200': checkSchema },
    }),
  },
  '/api/apps/{app}/checks/{check}/cancel': {
    post: describe({
      tag: 'Checks',
      summary: 'Cancel a check that has not ended',
      security: KEY_OR_SESSION,
      params: inCheck,
      answers: { '202': checkSchema },
    }),
  },
  '/api/apps/{app}/api-key': {
    get: describe({
      tag: 'API keys',
      summary: "Read what is known of the app's API key",
      security: SESSION,
      params: inApp,
      answers: { '200': apiKeyInfoSchema },
    }),
    post: describe({
      tag: 'API keys',
      summary: "Generate the app's API key, or replace it at once",
      security: SESSION,
      params: inApp,
      answers: { '201': newApiKeySchema },
    }),
    delete: describe({
      tag: 'API keys',
      summary: "Remove the app's API key at once",
      security: SESSION,
      params: inApp,
      answers: { '204': undefined },
    }),
  },
  '/api/apps': {
    get: describe({
      tag: 'Apps',
      summary: 'List your apps',
      security: SESSION,
      answers: { '200': appListSchema },
    }),
    post: describe({
      tag: 'Apps',
      summary: 'Add an app',
      security: SESSION,
      body: createAppSchema,
      answers: { '201': appSchema },
    }),
  },
  '/api/apps/{app}': {
    get: describe({
      tag: 'Apps',
      summary: 'Read an app',
      security: KEY_OR_SESSION,
      params: inApp,
      answers: { '200': appSchema },
    }),
    patch: describe({
      tag: 'Apps',
      summary: 'Change an app',
      security: SESSION,
      params: inApp,
      body: updateAppSchema,
      answers: { '200': appSchema },
    }),
    delete: describe({
      tag: 'Apps',
      summary: 'Remove an app with its key and its checks',
      security: SESSION,
      params: inApp,
      answers: { '204': undefined },
    }),
  },
  '/api/apps/{app}/audit-log': {
    get: describe({
      tag: 'API keys',
      summary: 'Read who did what with the API key, newest first',
      security: SESSION,
      params: inApp,
      query: auditQuerySchema,
      answers: { '200': auditLogSchema },
    }),
  },
  ...organizationPaths,
  '/api/secret-scanning/github': {
    post: describe({
      tag: 'Secret scanning',
      summary: 'Report keys that were found in public, as GitHub does; those in force are removed at once',
      security: [],
      header: signatureHeaders,
      body: leakReportSchema,
      answers: { '200': leakLabelsSchema },
    }),
  },
  '/healthz': {
    get: describe({
      tag: 'Health',
      summary: 'The process lives',
      security: [],
      answers: { '200': healthSchema },
    }),
  },
  '/readyz': {
    get: describe({
      tag: 'Health',
      summary: 'The server can serve',
      security: [],
      answers: { '200': healthSchema, '503': healthSchema },
    }),
  },
};

/** The OpenAPI 3.1 document of this server, from the schemas that its routes validate with. */
export function createOpenApiDocument(server: { publicUrl: string; issuerUrl: string }) {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Qassandra',
      version,
      description: "Run your apps' checks from CI and gate the job on the result.",
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: server.publicUrl }],
    paths,
    components: {
      securitySchemes: {
        api_key: { type: 'http', scheme: 'bearer', bearerFormat: 'qsk_…' },
        session: { type: 'apiKey', in: 'cookie', name: getCookieName(server.issuerUrl) },
      },
    },
  });
}
