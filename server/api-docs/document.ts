import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi';
import { getCookieName } from '../auth/session/session-cookie.ts';
import { apiKeyPaths } from '../features/api-keys/openapi.ts';
import { appPaths } from '../features/apps/openapi.ts';
import { auditPaths } from '../features/audit/openapi.ts';
import { checkSettingsPaths } from '../features/check-settings/openapi.ts';
import { checkPaths } from '../features/checks/openapi.ts';
import { organizationPaths } from '../features/organizations/openapi.ts';
import { secretScanningPaths } from '../features/secret-scanning/openapi.ts';
import { secretPaths } from '../features/secrets/openapi.ts';
import { statisticsPaths } from '../features/statistics/openapi.ts';
import { healthPaths } from '../health/openapi.ts';
import { version } from '../version.ts';

/** Each resource documents its paths beside its routes. The page lists them in this order. */
const paths: ZodOpenApiPathsObject = {
  ...checkPaths,
  ...statisticsPaths,
  ...checkSettingsPaths,
  ...secretPaths,
  ...apiKeyPaths,
  ...appPaths,
  ...auditPaths,
  ...organizationPaths,
  ...secretScanningPaths,
  ...healthPaths,
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
