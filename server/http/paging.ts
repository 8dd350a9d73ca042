import { z } from 'zod';

const LIMIT_MESSAGE = 'must be a whole number from 1 to 100';

/** `?limit=`, as every list takes it. */
export const limitSchema = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, { error: LIMIT_MESSAGE })
  .transform(Number)
  .refine((limit) => limit <= 100, { error: LIMIT_MESSAGE })
  .default(20);

/** `?cursor=`: the id of the last row of the page before, which clients take as it comes. */
export const createCursorSchema = (isCursor: (cursor: string) => boolean) =>
  z.string().refine(isCursor, { error: 'must be the next_cursor of an earlier answer' }).optional();

/** Splits `rows`, read with one more than `limit`, into the page and the cursor of the next one. */
export function toPage<Row extends { readonly id: string }>(rows: readonly Row[], limit: number) {
  const page = rows.slice(0, limit);
  return { page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}
