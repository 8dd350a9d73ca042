import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { CallerReader } from '../../auth/caller.ts';
import type { Queryable } from '../../db/pool.ts';
import { ApiError } from '../../http/errors.ts';
import { createTextSchema } from '../../http/field-schemas.ts';
import { isUuid, parseId } from '../../http/ids.ts';
import { createCursorSchema, limitSchema, toPage } from '../../http/paging.ts';
import { parseInput } from '../../http/parse-input.ts';
import { sendRevalidated } from '../../http/send-revalidated.ts';
import { authorizeApp, type Requirement } from '../apps/access.ts';
import { createCheckNotFoundError } from './check-not-found-error.ts';
import { hasEnded, toCheck, toCheckSummary } from './check-row.ts';
import { type CheckList, checkStatusSchema, conclusionSchema, triggeredBySchema } from './schema.ts';
import { cancelCheck } from './sql/cancel-check.ts';
import { findCheck } from './sql/find-check.ts';
import { type CheckPage, countChecks, listCheckSummaries, listChecks } from './sql/list-checks.ts';
import type { Watch } from './watch.ts';

export interface CheckRoutesOptions {
  readonly db: Queryable;
  readonly callers: CallerReader;
  readonly watch: Watch;
  readonly publicUrl: string;
}

const TO_CANCEL: Requirement = { role: 'member', key: true };
const TO_READ: Requirement = { role: 'viewer', key: true };

export const waitQuerySchema = z.object({
  wait: z
    .string()
    .regex(/^([0-5]?\d(\.\d+)?|60)$/, { error: 'must be a number of seconds from 0 to 60' })
    .transform(Number)
    .default(0),
  after: z
    .string()
    .regex(/^\d{1,9}$/, { error: 'must be the revision of an earlier answer' })
    .transform(Number)
    .optional(),
});

const booleanSchema = z.enum(['true', 'false']).transform((value) => value === 'true');

export const checksQuerySchema = z.object({
  limit: limitSchema,
  cursor: createCursorSchema(isUuid),
  branch: createTextSchema(255).optional(),
  status: checkStatusSchema.optional(),
  conclusion: conclusionSchema.optional(),
  branch_contains: createTextSchema(255)
    .optional()
    .meta({ description: "Part of the branch's name, in any case." }),
  ended: booleanSchema.optional().meta({ description: '`false`: only checks that wait or run.' }),
  incomplete: booleanSchema
    .optional()
    .meta({ description: '`true`: only checks that stopped at a limit which nobody chose.' }),
  triggered_by: z
    .union([triggeredBySchema, z.uuid()], {
      error: `must be one of ${triggeredBySchema.options.map((one) => `"${one}"`).join(', ')}, or a user's id`,
    })
    .optional()
    .meta({ description: 'How the check was triggered, or the id of the user who did it.' }),
  count: booleanSchema
    .default(false)
    .meta({ description: '`true` adds `total`: how many checks match, on all pages.' }),
  flows: booleanSchema.default(true).meta({ description: '`false` leaves the flows out; the counts stay.' }),
});

/** `/api/apps/APP/checks`: reads, waits for and cancels checks. */
export function createCheckRoutes(options: CheckRoutesOptions): Router {
  const { db, callers, publicUrl } = options;
  const router = Router();

  router.get('/apps/:app/checks/:check', (req, res) => answerCheck(options, req, res));

  router.get('/apps/:app/checks', (req, res) => answerList(options, req, res));

  router.post('/apps/:app/checks/:check/cancel', async (req, res) => {
    const caller = await callers.read(req);
    const app = await authorizeApp(db, caller, req.params.app, TO_CANCEL);
    const checkId = parseId(req.params.check);
    const isCancelled = await cancelCheck(db, { appId: app.id, checkId });
    const row = await findCheck(db, app.id, checkId);
    if (!row) {
      throw createCheckNotFoundError();
    }
    if (!isCancelled) {
      throw new ApiError('check_already_ended', 'The check has ended, so there is nothing to cancel.');
    }
    res.status(202).json(toCheck(row, { caller, app, publicUrl }));
  });

  return router;
}

async function answerList(
  { db, callers, publicUrl }: CheckRoutesOptions,
  req: Request<{ app: string }>,
  res: Response,
): Promise<void> {
  const caller = await callers.read(req);
  const app = await authorizeApp(db, caller, req.params.app, TO_READ);
  const { limit, cursor, flows, count, ...filter } = parseInput(checksQuerySchema, req.query);
  const page = { ...toFilter(filter), appId: app.id, limit: limit + 1, before: cursor };
  const reader = { caller, app, publicUrl };
  const [checks, total] = await Promise.all([
    flows
      ? listChecks(db, page).then((rows) => rows.map((row) => toCheck(row, reader)))
      : listCheckSummaries(db, page).then((rows) => rows.map((row) => toCheckSummary(row, reader))),
    count ? countChecks(db, page) : undefined,
  ]);
  if (checks.length === 0 && cursor !== undefined && !(await findCheck(db, app.id, cursor))) {
    // An empty page would tell the client that the list has ended.
    throw new ApiError(
      'invalid_request',
      'The cursor names no check of this app. Start from the first page.',
      {
        errors: [{ path: 'cursor', message: 'must be the next_cursor of an earlier answer' }],
      },
    );
  }
  const { page: shown, nextCursor } = toPage(checks, limit);
  const list: CheckList = { checks: shown, next_cursor: nextCursor, ...(total !== undefined && { total }) };
  sendRevalidated(req, res, list);
}

type Filter = Omit<z.infer<typeof checksQuerySchema>, 'limit' | 'cursor' | 'flows' | 'count'>;

function toFilter({ triggered_by, ...filter }: Filter): Omit<CheckPage, 'appId' | 'limit' | 'before'> {
  const way = triggeredBySchema.safeParse(triggered_by).data;
  return {
    branch: filter.branch,
    status: filter.status,
    conclusion: filter.conclusion,
    branchContains: filter.branch_contains,
    hasEnded: filter.ended,
    isIncomplete: filter.incomplete,
    triggeredBy: way,
    triggeredByUser: way === undefined ? triggered_by : undefined,
  };
}

async function answerCheck(
  { db, callers, watch, publicUrl }: CheckRoutesOptions,
  req: Request<{ app: string; check: string }>,
  res: Response,
): Promise<void> {
  const caller = await callers.read(req);
  const app = await authorizeApp(db, caller, req.params.app, TO_READ);
  const { wait, after } = parseInput(waitQuerySchema, req.query);
  const checkId = parseId(req.params.check);
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  const row = await watch.wait({
    checkId: checkId ?? '',
    // The wait itself needs no database connection: changes are read once for all pending waits.
    read: () => findCheck(db, app.id, checkId).finally(caller.place.release),
    isEnough: (current) => hasEnded(current) || (after !== undefined && current.revision > after),
    timeoutMs: wait * 1000,
    signal: gone.signal,
  });
  if (!row) {
    throw createCheckNotFoundError();
  }
  sendRevalidated(req, res, toCheck(row, { caller, app, publicUrl }));
}
