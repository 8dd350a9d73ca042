import express, { type Request, type Response } from 'express';
import { z } from 'zod';
import { ApiError, type InputError } from './errors.ts';

const BODY_LIMIT = 64 * 1024;

const TOO_LARGE = 'Send at most 64 KiB.';

// Whatever the Content-Type says, the body is JSON: `curl -d` says it is a form.
const parseJson = express.json({ limit: BODY_LIMIT, type: () => true });

/** The body as a JSON object; none at all counts as `{}`. Throws the `ApiError` (400, 413, 415) of any other. */
export async function readJsonObject(req: Request, res: Response): Promise<Record<string, unknown>> {
  // Said before the body is read: body-parser would read all of it first.
  if (Number(req.get('Content-Length')) > BODY_LIMIT) {
    throw new ApiError('payload_too_large', TOO_LARGE, { headers: { Connection: 'close' } });
  }
  await new Promise<void>((resolve, reject) => {
    parseJson(req, res, (error: unknown) => (error === undefined ? resolve() : reject(toBodyError(error))));
  });
  const body: unknown = req.body ?? {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError('invalid_request', 'Send a JSON object, or no body at all.', {
      errors: [{ path: '', message: 'must be a JSON object' }],
    });
  }
  return { ...body };
}

/** body-parser's errors, by their documented `type` and `status`, as errors of ours. */
function toBodyError(error: unknown): unknown {
  if (!(error instanceof Error) || !('status' in error) || Number(error.status) >= 500) {
    return error;
  }
  switch ('type' in error ? error.type : undefined) {
    case 'entity.parse.failed':
      return new ApiError('malformed_json', 'Send a JSON object, or no body at all.');
    case 'entity.too.large':
      return new ApiError('payload_too_large', TOO_LARGE);
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new ApiError(
        'unsupported_media_type',
        'Send UTF-8, plain or compressed with gzip, deflate or br.',
      );
    default:
      return new ApiError(
        'malformed_json',
        'The body could not be read: it ended early, or is not what its headers say.',
      );
  }
}

/** One line of text, as names are. */
export const lineSchema = (limit: number) =>
  z
    .string()
    .trim()
    .min(1, { error: 'must not be empty' })
    .max(limit)
    .refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value), {
      error: 'must be one line of text without control characters',
    });

/** An address that email can be sent to. */
export const emailSchema = z
  .string()
  .trim()
  .max(320)
  .pipe(z.email({ error: 'must be an email address' }));

/** `input` as the schema has it, or an `ApiError` (400) that names every field at fault. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input, { error: describeIssue });
  if (parsed.success) {
    return parsed.data;
  }
  const errors: InputError[] = parsed.error.issues.map((issue) => ({
    path: issue.path.join('.'),
    message: issue.message,
  }));
  const named = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new ApiError('invalid_request', `Correct the input. ${named}`, { errors });
}

/** What a person can act on, where the schema itself does not say it. */
function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be a ${issue.expected}, once`;
    case 'too_big':
      return `must have at most ${issue.maximum} characters`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    case 'invalid_format':
      return issue.format === 'uuid' ? 'must be a UUID' : undefined;
    default:
      return undefined;
  }
}
