import type { z } from 'zod';
import { ApiError, type InputError } from './errors.ts';

const MAX_UNKNOWN_FIELDS = 20;
const MAX_NAME_LENGTH = 64;

/** Parses `input` with the schema. Throws an `ApiError` (400) that names every invalid field. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input, { error: describeIssue });
  if (parsed.success) {
    return parsed.data;
  }
  throw createInputError(parsed.error.issues.flatMap(toInputErrors));
}

/** The `ApiError` (400) that names what is wrong with the input. */
export function createInputError(errors: readonly InputError[]): ApiError {
  const named = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new ApiError('invalid_request', `Correct the input. ${named}`, { errors });
}

/** One error for each field that is wrong. */
function toInputErrors(issue: z.core.$ZodIssue): InputError[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys
        .slice(0, MAX_UNKNOWN_FIELDS)
        .map((key) => toInputError([...issue.path, key.slice(0, MAX_NAME_LENGTH)], issue.message));
    case 'invalid_key':
      return [toInputError(issue.path, issue.issues[0]?.message ?? issue.message)];
    default:
      return [toInputError(issue.path, issue.message)];
  }
}

function toInputError(path: readonly PropertyKey[], message: string): InputError {
  return { path: path.map(String).join('.'), message };
}

/** A message that says what to change, for issues whose schema has no message of its own. */
function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be one ${issue.expected}`;
    case 'too_big':
      return `must have at most ${issue.maximum} characters`;
    case 'unrecognized_keys':
      return 'is not a known field';
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    case 'invalid_format':
      return issue.format === 'uuid' ? 'must be a UUID' : undefined;
    default:
      return undefined;
  }
}
