import { z } from 'zod';

const LIMIT_MESSAGE = 'must be a whole number from 1 to 100';

/** `?limit=` of every list: 1 to 100, by default 20. */
export const limitSchema = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, { error: LIMIT_MESSAGE })
  .transform(Number)
  .refine((limit) => limit <= 100, { error: LIMIT_MESSAGE })
  .default(20);

/** `?cursor=`: the id of the last row of the previous page. Clients send it back unchanged. */
export const createCursorSchema = (isCursor: (cursor: string) => boolean) =>
  z.string().refine(isCursor, { error: 'must be the next_cursor of an earlier answer' }).optional();

/** Splits `rows` into the page and the cursor of the next page. The query must read one row more than `limit`. */
export function toPage<Row extends { readonly id: string }>(rows: readonly Row[], limit: number) {
  const page = rows.slice(0, limit);
  return { page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}
