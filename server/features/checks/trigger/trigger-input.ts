import { hash } from 'node:crypto';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { parseInput } from '../../../http/parse-input.ts';
import { readJsonObject } from '../../../http/read-body.ts';
import { type Metadata, triggerBodySchema } from '../schema.ts';

/** Identifies a repeated trigger. */
export interface Idempotency {
  readonly key: string;
  /** SHA-256 of the known fields in a fixed order. Another hash means another body. */
  readonly bodyHash: Buffer;
}

export interface TriggerInput {
  readonly metadata: Metadata;
  readonly idempotency: Idempotency | undefined;
  /** A sentence for each unknown field. */
  readonly warnings: readonly string[];
}

export const IDEMPOTENCY_KEY_FORM = /^[\x21-\x7e]{1,255}$/;
const MAX_WARNINGS = 20;
const MAX_NAME_LENGTH = 64;

const headersSchema = z.object({
  'Idempotency-Key': z
    .string()
    .regex(IDEMPOTENCY_KEY_FORM, { error: 'must have 1 to 255 visible ASCII characters' })
    .optional(),
});
const KNOWN_FIELDS = new Set(Object.keys(triggerBodySchema.shape));

/** Reads body and headers of a trigger. Rejects with the `ApiError` (400, 413, 415) that says what to change. */
export async function readTriggerInput(req: Request, res: Response): Promise<TriggerInput> {
  const body = await readJsonObject(req, res);
  const { 'Idempotency-Key': key } = parseInput(headersSchema, {
    'Idempotency-Key': req.get('Idempotency-Key'),
  });
  const metadata = parseInput(triggerBodySchema, body);
  return {
    metadata,
    idempotency:
      key === undefined ? undefined : { key, bodyHash: hash('sha256', JSON.stringify(metadata), 'buffer') },
    warnings: createWarnings(Object.keys(body)),
  };
}

function createWarnings(names: readonly string[]): string[] {
  const unknown = names.filter((name) => !KNOWN_FIELDS.has(name));
  const warnings = unknown
    .slice(0, MAX_WARNINGS)
    .map((name) => `The field ${JSON.stringify(name.slice(0, MAX_NAME_LENGTH))} is unknown and was ignored.`);
  return unknown.length > MAX_WARNINGS
    ? [...warnings, `${unknown.length - MAX_WARNINGS} more fields are not known and were left out.`]
    : warnings;
}
