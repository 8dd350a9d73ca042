import { Router } from 'express';
import type { CallerReader } from '../../auth/caller.ts';
import type { Queryable } from '../../db/pool.ts';
import { parseInput } from '../../http/parse-input.ts';
import { readJsonObject } from '../../http/read-body.ts';
import { sendRevalidated } from '../../http/send-revalidated.ts';
import { authorizeApp, createAppNotFoundError, enforceAccess } from './access.ts';
import { parseAppReference } from './app-reference.ts';
import { toApp, toListedApp } from './app-row.ts';
import { createAliasTakenError, createApp } from './create-app.ts';
import { type AppList, createAppSchema, type Setup, updateAppSchema } from './schema.ts';
import { deleteApp } from './sql/delete-app.ts';
import { findSetup } from './sql/find-setup.ts';
import { listApps } from './sql/list-apps.ts';
import { updateApp } from './sql/update-app.ts';

export interface AppRoutesOptions {
  readonly db: Queryable;
  readonly callers: CallerReader;
}

/** `/api/apps` and `/api/apps/APP`. */
export function createAppRoutes({ db, callers }: AppRoutesOptions): Router {
  const router = Router();

  router.get('/apps', async (req, res) => {
    const { user } = await callers.readSession(req);
    const list: AppList = { apps: (await listApps(db, user.id)).map(toListedApp) };
    sendRevalidated(req, res, list);
  });

  router.post('/apps', async (req, res) => {
    const { user } = await callers.readSession(req);
    const input = parseInput(createAppSchema, await readJsonObject(req, res));
    const app = toApp(await createApp(db, user, input));
    res.status(201).location(`/api/apps/${app.id}`).json(app);
  });

  router.get('/apps/:app', async (req, res) => {
    const caller = await callers.read(req);
    const app = await authorizeApp(db, caller, req.params.app, { role: 'viewer', key: true });
    sendRevalidated(req, res, toApp(app));
  });

  router.get('/apps/:app/setup', async (req, res) => {
    const caller = await callers.readSession(req);
    const app = parseAppReference(req.params.app);
    const { key_app_id, app_id, role, ...setup } = await findSetup(db, caller.user.id, app);
    const access = { key_app_id, app_id, role };
    await enforceAccess(db, { caller, app, access, requirement: { role: 'viewer', key: false } });
    sendRevalidated(req, res, setup satisfies Setup);
  });

  router.patch('/apps/:app', async (req, res) => {
    const caller = await callers.read(req);
    const app = await authorizeApp(db, caller, req.params.app, { role: 'admin', key: false });
    const changed = await updateApp(db, app.id, parseInput(updateAppSchema, await readJsonObject(req, res)));
    if (changed === 'alias_taken') {
      throw createAliasTakenError();
    }
    if (!changed) {
      throw createAppNotFoundError();
    }
    res.json(toApp(changed));
  });

  router.delete('/apps/:app', async (req, res) => {
    const caller = await callers.read(req);
    const app = await authorizeApp(db, caller, req.params.app, { role: 'admin', key: false });
    await deleteApp(db, app.id);
    res.status(204).end();
  });

  return router;
}
