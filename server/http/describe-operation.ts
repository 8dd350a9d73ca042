import type { z } from 'zod';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { problemSchema } from './problem.ts';

export const SESSION = [{ session: [] }];
export const KEY_OR_SESSION = [{ api_key: [] }, { session: [] }];

type Tag =
  | 'Checks'
  | 'Check settings'
  | 'API keys'
  | 'Apps'
  | 'Audit log'
  | 'Organizations'
  | 'Secret scanning'
  | 'Health';

interface Operation {
  readonly tag: Tag;
  readonly summary: string;
  readonly security: Record<string, string[]>[];
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly header?: z.ZodObject;
  readonly body?: z.ZodObject | z.ZodArray;
  /** Status and schema of each answer to a valid request; `undefined` where the answer has no body. */
  readonly answers: Readonly<Record<`${2 | 5}${string}`, z.ZodType | undefined>>;
  /** Whether the route answers with `sendRevalidated`. */
  readonly isRevalidated?: true;
}

const problemContent = { 'application/problem+json': { schema: problemSchema } };

/** Every operation with a caller may answer this (`auth/limits`); a trigger also for its own limit. */
const tooManyRequests = {
  description:
    'Too many attempts to authenticate have failed, too many requests of the caller are under way, or an app was triggered too often.',
  headers: {
    'Retry-After': { description: 'Seconds.', required: true, schema: { type: 'integer', minimum: 1 } },
  },
  content: problemContent,
} as const;

const notModified = {
  description: 'Nothing has changed since the answer whose `ETag` the request has in `If-None-Match`.',
};

/** Describes an operation for the OpenAPI document, and adds the answers that all operations share. */
export function describeOperation(operation: Operation): ZodOpenApiOperationObject {
  const { tag, summary, security, params, query, header, body, answers, isRevalidated } = operation;
  const responses: ZodOpenApiOperationObject['responses'] = {};
  for (const [status, schema] of Object.entries(answers)) {
    responses[status as '200'] = {
      description: summary,
      ...(schema && { content: { 'application/json': { schema } } }),
    };
  }
  return {
    tags: [tag],
    summary,
    security,
    requestParams: { ...(params && { path: params }), ...(query && { query }), ...(header && { header }) },
    ...(body && { requestBody: { required: false, content: { 'application/json': { schema: body } } } }),
    responses: {
      ...responses,
      ...(isRevalidated && { '304': notModified }),
      ...(security.length > 0 && { '429': tooManyRequests }),
      default: { description: 'What happened, and what to do.', content: problemContent },
    },
  };
}
