import type { z } from 'zod';
import { ApiError, type InputError } from './errors.ts';

/** Parses `input` with the schema. Throws an `ApiError` (400) that names every invalid field. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input, { error: describeIssue });
  if (parsed.success) {
    return parsed.data;
  }
  const errors: InputError[] = parsed.error.issues.flatMap((issue) => {
    const { path, message } = issue;
    // Zod reports all unknown fields together, at the object that holds them.
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
    return paths.map((at) => ({ path: at.join('.'), message }));
  });
  const named = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new ApiError('invalid_request', `Correct the input. ${named}`, { errors });
}

/** A message that says what to change, for issues whose schema has no message of its own. */
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
