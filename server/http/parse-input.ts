import type { z } from 'zod';
import { ApiError, type InputError } from './errors.ts';

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
