import { randomUUID } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import type { CallerReader } from '../../../auth/caller.ts';
import type { Queryable } from '../../../db/pool.ts';
import { authorizeApp, enforceAccess, type Requirement } from '../../apps/access.ts';
import { parseAppReference } from '../../apps/app-reference.ts';
import { assertTriggered, sendTriggerAnswer } from './trigger-answer.ts';
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
    // A caller who may not trigger gets that refusal, and no answer about the body.
    await caller.place.take();
    await authorizeApp(db, caller, req.params.app, TO_TRIGGER);
    throw error;
  });
  const checkId = randomUUID();
  const row = await triggers.write({ caller, app, checkId, ...input });
  const appId = await enforceAccess(db, { caller, app, access: row, requirement: TO_TRIGGER });
  assertTriggered(row, checkId);
  res.locals.isReplay = row.check_id !== checkId;
  sendTriggerAnswer(res, { appId, row, publicUrl, ...input });
}
