import express, { type Request, type Response } from 'express';
import type { z } from 'zod';
import { ApiError, type InputError } from './errors.ts';

const BODY_LIMIT = '64kb';

// Whatever the Content-Type says, the body is JSON: `curl -d` says it is a form.
const parseJson = express.json({ limit: BODY_LIMIT, type: () => true });

/** The body as a JSON object; none at all counts as `{}`. Throws the `ApiError` (400, 413, 415) of any other. */
export async function readJsonObject(req: Request, res: Response): Promise<Record<string, unknown>> {
  await new Promise<void>((resolve, reject) => {
    parseJson(req, res, (error: unknown) => (error === undefined ? resolve() : reject(error)));
  });
  const body: unknown = req.body ?? {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError('invalid_request', 'Send a JSON object, or no body at all.', {
      errors: [{ path: '', message: 'must be a JSON object' }],
    });
  }
  return { ...body };
}

/** `input` as the schema has it, or an `ApiError` (400) that names every field at fault. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input);
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
