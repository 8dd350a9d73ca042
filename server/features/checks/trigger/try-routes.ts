import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import { authorizeApp, enforceAccess, type Requirement } from '../../apps/access.ts';
import { readSettingsInput } from '../../check-settings/read-settings-input.ts';
import { assertTriggered, sendTriggerAnswer } from './trigger-answer.ts';
import type { TriggerRoutesOptions } from './trigger-routes.ts';

const TO_TRY: Requirement = { role: 'admin', key: false };

/**
 * `POST /api/apps/APP/check-settings/try`: starts a check with the settings of the body. It has no branch, so it is no
 * check of one.
 */
export function createTryRoutes({ db, callers, publicUrl, triggers }: TriggerRoutesOptions): Router {
  const router = Router();
  router.post('/apps/:app/check-settings/try', async (req, res) => {
    const caller = await callers.readSession(req);
    const { id } = await authorizeApp(db, caller, req.params.app, TO_TRY);
    const { settings } = await readSettingsInput(db, id, { req, res });
    const checkId = randomUUID();
    const app = { id, alias: null };
    const trigger = { caller, app, checkId, metadata: {}, idempotency: undefined, settings };
    const row = await triggers.write(trigger);
    await enforceAccess(db, { caller, app, access: row, requirement: TO_TRY });
    assertTriggered(row, checkId);
    sendTriggerAnswer(res, { appId: id, row, metadata: {}, warnings: [], publicUrl });
  });
  return router;
}
