import { randomUUID } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import type { CallerReader } from '../../../auth/caller.ts';
import type { Queryable } from '../../../db/pool.ts';
import { ApiError } from '../../../http/errors.ts';
import { sendJson } from '../../../http/send-json.ts';
import { authorizeApp, enforceAccess, type Requirement } from '../../apps/access.ts';
import { parseAppReference } from '../../apps/app-reference.ts';
import { getCheckUrl } from '../check-row.ts';
import type { TriggerAnswer } from '../schema.ts';
import { readTriggerInput } from './trigger-input.ts';
import type { TriggerWriter } from './trigger-writer.ts';

export interface TriggerRoutesOptions {
  readonly db: Queryable;
  readonly callers: CallerReader;
  readonly publicUrl: string;
  readonly triggers: TriggerWriter;
}

/** Below `/api`. */
export const TRIGGER_PATH = '/apps/:app/trigger';
const TO_TRIGGER: Requirement = { role: 'member', key: true };

/** `POST /api/apps/APP/trigger`: stores a check, which queues it. One round trip to the database. */
export function createTriggerRoutes(options: TriggerRoutesOptions): Router {
  const router = Router();
  router.post(TRIGGER_PATH, (req, res) => answerTrigger(options, req, res));
  return router;
}

async function answerTrigger(
  { db, callers, publicUrl, triggers }: TriggerRoutesOptions,
  req: Request<{ app: string }>,
  res: Response,
): Promise<void> {
  const caller = await callers.readForTrigger(req);
  const app = parseAppReference(req.params.app);
  const input = await readTriggerInput(req, res).catch(async (error: unknown) => {
    // A caller who may not trigger gets that answer, and none about the body.
    await caller.place.take();
    await authorizeApp(db, caller, req.params.app, TO_TRIGGER);
    throw error;
  });
  const checkId = randomUUID();
  const row = await triggers.write({ caller, app, checkId, ...input });
  const appId = await enforceAccess(db, { caller, app, access: row, requirement: TO_TRIGGER });
  if (row.retry_after_seconds !== null) {
    throw new ApiError(
      'too_many_requests',
      'The app was triggered too often. Try again after the pause that Retry-After names.',
      {
        headers: { 'Retry-After': String(row.retry_after_seconds) },
      },
    );
  }
  const isReplay = row.check_id !== checkId;
  if (row.target_url === null && !isReplay) {
    throw new ApiError('app_url_missing', 'Set the URL of the app in its settings, or send app_url.', {
      errors: [{ path: 'app_url', message: 'is required, since the app has no URL of its own' }],
    });
  }
  if (row.is_reused) {
    throw new ApiError(
      'idempotency_key_reused',
      'This Idempotency-Key came with another body in the last 24 hours. Use a new key for a new trigger.',
    );
  }
  res.locals.isReplay = isReplay;
  const answer: TriggerAnswer = {
    message: 'Check triggered successfully',
    check_id: row.check_id,
    app_id: appId,
    app_name: row.name,
    status: row.status,
    metadata: input.metadata,
    check_url: getCheckUrl(publicUrl, row.alias, row.check_id),
    ...(input.warnings.length > 0 && { warnings: [...input.warnings] }),
  };
  res.setHeader('Location', `/api/apps/${appId}/checks/${row.check_id}`);
  sendJson(res, { status: 202, content: answer });
}
