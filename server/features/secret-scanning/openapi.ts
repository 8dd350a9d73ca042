import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { describeOperation } from '../../http/describe-operation.ts';
import { leakLabelsSchema, leakReportSchema } from './schema.ts';

const signatureHeaders = z.object({
  'Github-Public-Key-Identifier': z.string().meta({ description: "The key's name on GitHub's list." }),
  'Github-Public-Key-Signature': z.string().meta({
    description: 'ECDSA on P-256 with SHA-256 over the body as sent: the DER encoding in base64.',
  }),
});

export const secretScanningPaths: ZodOpenApiPathsObject = {
  '/api/secret-scanning/github': {
    post: describeOperation({
      tag: 'Secret scanning',
      summary: 'Report keys that were found in public, as GitHub does; keys in force are removed at once',
      security: [],
      header: signatureHeaders,
      body: leakReportSchema,
      answers: { '200': leakLabelsSchema },
    }),
  },
};
