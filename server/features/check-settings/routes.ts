import { Router } from 'express';
import type { CallerReader } from '../../auth/caller.ts';
import type { Queryable } from '../../db/pool.ts';
import { isViolation } from '../../db/violations.ts';
import { authorizeApp, createAppNotFoundError } from '../apps/access.ts';
import { fillSettings, listChangedFields } from './chosen-settings.ts';
import { assertSecretsExist, readSettingsInput } from './read-settings-input.ts';
import { findCheckSettings } from './sql/find-check-settings.ts';
import {
  type ReplacedSettings,
  replaceCheckSettings,
  type SettingsChange,
} from './sql/replace-check-settings.ts';

export interface CheckSettingsRoutesOptions {
  readonly db: Queryable;
  readonly callers: CallerReader;
}

/** `/api/apps/APP/check-settings`. */
export function createCheckSettingsRoutes({ db, callers }: CheckSettingsRoutesOptions): Router {
  const router = Router();

  router.get('/apps/:app/check-settings', async (req, res) => {
    const caller = await callers.readSession(req);
    const app = await authorizeApp(db, caller, req.params.app, { role: 'viewer', key: false });
    const { settings } = await findCheckSettings(db, app.id);
    res.json(fillSettings(settings));
  });

  router.put('/apps/:app/check-settings', async (req, res) => {
    const caller = await callers.readSession(req);
    const authorize = () => authorizeApp(db, caller, req.params.app, { role: 'admin', key: false });
    const app = await authorize();
    const input = await readSettingsInput(db, app.id, { req, res });
    // Settings stay after the session ends.
    await caller.assertStands();
    const { user, origin } = caller;
    if (!(await storeSettings(db, { appId: app.id, user, origin, ...input }))) {
      // Answers 403 if the user lost the role while this ran.
      await authorize();
      throw createAppNotFoundError();
    }
    res.json(fillSettings(input.settings));
  });

  return router;
}

type NewSettings = Omit<SettingsChange, 'changedFields' | 'seenRevision'>;

/** `false` if the app is gone, or the user is no longer its admin. */
async function storeSettings(db: Queryable, change: NewSettings): Promise<boolean> {
  for (;;) {
    const { settings, revision: seenRevision } = await findCheckSettings(db, change.appId);
    const changedFields = listChangedFields(settings, change.settings);
    if (changedFields.length === 0) {
      return true;
    }
    const replaced = await tryToReplace(db, { ...change, changedFields, seenRevision });
    if (replaced.is_written || !replaced.is_admin) {
      return replaced.is_written;
    }
    // Another request changed them at the same moment. Try again, so that this change is the last.
  }
}

async function tryToReplace(db: Queryable, change: SettingsChange): Promise<ReplacedSettings> {
  try {
    return await replaceCheckSettings(db, change);
  } catch (error) {
    if (isViolation(error, 'foreign_key')) {
      // A secret was removed after the first look-up.
      await assertSecretsExist(db, change.appId, change.references);
    }
    throw error;
  }
}
