import type { ServerResponse } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import { DatabaseUnavailableError } from '../db/database-unavailable-error.ts';
import { ApiError, ERROR_CODES } from './errors.ts';
import { isPackageMissing } from './is-package-missing.ts';
import type { RefusalPace } from './refusal-pace.ts';
import { sendJson } from './send-json.ts';

export const problemSchema = z
  .object({
    type: z.string().meta({ example: 'urn:qassandra:error:app_not_found' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What to do about it.' }),
    code: z.enum(ERROR_CODES).meta({ description: 'Stable; branch on this.' }),
    request_id: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' });

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) {
    return error;
  }
  if (error instanceof DatabaseUnavailableError) {
    return new ApiError(
      'database_unavailable',
      'The database cannot be reached at the moment. Try again in a few seconds.',
      { cause: error.cause, headers: { 'Retry-After': '2' } },
    );
  }
  // Thrown by `decodeURIComponent` for a path parameter: no app or check has this name.
  if (error instanceof URIError) {
    return new ApiError('route_not_found', 'The path is not valid percent-encoding.');
  }
  // Raised by the sender of static files for `If-Match` and `If-Unmodified-Since`.
  if (error instanceof Error && 'status' in error && error.status === 412) {
    return new ApiError('precondition_failed', 'The file has changed. Request it without conditions.');
  }
  if (isPackageMissing(error)) {
    return new ApiError(
      'internal_error',
      'The files of the server changed while it was running. Its operator must restart it.',
      { cause: error },
    );
  }
  return new ApiError(
    'internal_error',
    'The server failed. Try again. If it fails again, report the request_id.',
    { cause: error },
  );
}

/** Sends `error` as `application/problem+json`. The request's id must be on the response already. */
function sendProblem(res: ServerResponse, error: ApiError): void {
  const problem: z.infer<typeof problemSchema> = {
    type: `urn:qassandra:error:${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.message,
    code: error.code,
    request_id: String(res.getHeader('X-Request-Id')),
    ...(error.errors && { errors: [...error.errors] }),
  };
  res.locals ??= {};
  res.locals.problemCode = error.code;
  for (const [name, value] of Object.entries(error.headers)) {
    res.setHeader(name, value);
  }
  sendJson(res, { status: error.status, type: 'application/problem+json', content: problem });
}

/** Sends the error as the answer, unless an answer has begun. */
export type ErrorAnswer = (error: unknown, res: ServerResponse) => void;

export interface ErrorAnswerOptions {
  readonly logger: Logger;
  readonly pace: RefusalPace;
}

/** The only place that turns an error into an answer. The cause of a 5xx is logged and never sent. */
export function createErrorAnswer({ logger, pace }: ErrorAnswerOptions): ErrorAnswer {
  return (error, res) => {
    const apiError = toApiError(error);
    if (apiError.status >= 500) {
      const requestId = res.getHeader('X-Request-Id');
      logger.error({ request_id: requestId, err: apiError.cause ?? apiError }, apiError.code);
    }
    if (!res.headersSent) {
      pace(apiError.code, () => sendProblem(res, apiError));
    }
  };
}

/** The same for Express, which closes the connection if an answer has begun. */
export function createErrorHandler(answerError: ErrorAnswer): ErrorRequestHandler {
  return (error, _req, res, next) => {
    const hasBegun = res.headersSent;
    answerError(error, res);
    if (hasBegun) {
      next(error);
    }
  };
}

export const handleUnknownRoute: RequestHandler = (req) => {
  throw new ApiError(
    'route_not_found',
    `${req.method} is not served here. The routes are listed at /api/docs.`,
  );
};
