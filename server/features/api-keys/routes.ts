import { type Request, Router } from 'express';
import type { CallerReader } from '../../auth/caller.ts';
import { generateApiKey, toApiKeyAtRest } from '../../auth/keys/api-key.ts';
import type { Queryable } from '../../db/pool.ts';
import { ApiError } from '../../http/errors.ts';
import { authorizeApp, createAppNotFoundError } from '../apps/access.ts';
import type { ApiKeyInfo } from './schema.ts';
import { deleteApiKey } from './sql/delete-api-key.ts';
import { type ApiKeyRow, findApiKey } from './sql/find-api-key.ts';
import { replaceApiKey } from './sql/replace-api-key.ts';

export interface ApiKeyRoutesOptions {
  readonly db: Queryable;
  readonly callers: CallerReader;
}

/** `/api/apps/APP/api-key`. */
export function createApiKeyRoutes({ db, callers }: ApiKeyRoutesOptions): Router {
  const router = Router();

  async function authorizeAdmin(req: Request<{ app: string }>) {
    const caller = await callers.readSession(req);
    const app = await authorizeApp(db, caller, req.params.app, { role: 'admin', key: false });
    return { appId: app.id, user: caller.user, origin: caller.origin, assertStands: caller.assertStands };
  }

  /** A key stays after its session ends, so a session that has ended elsewhere must not generate or remove one. */
  async function authorizeChange(req: Request<{ app: string }>) {
    const { assertStands, ...admin } = await authorizeAdmin(req);
    await assertStands();
    return admin;
  }

  router.get('/apps/:app/api-key', async (req, res) => {
    const { appId } = await authorizeAdmin(req);
    res.json(toApiKeyInfo(await findApiKey(db, appId)));
  });

  router.post('/apps/:app/api-key', async (req, res) => {
    const admin = await authorizeChange(req);
    const apiKey = generateApiKey();
    const row = await replaceApiKey(db, { ...admin, key: toApiKeyAtRest(apiKey) });
    if (!row) {
      // Answers 403 if the user lost the role while this ran.
      await authorizeAdmin(req);
      throw createAppNotFoundError();
    }
    res.status(201).json({ api_key: apiKey, ...toApiKeyInfo(row) });
  });

  router.delete('/apps/:app/api-key', async (req, res) => {
    if (!(await deleteApiKey(db, await authorizeChange(req)))) {
      await authorizeAdmin(req);
      throw new ApiError('api_key_not_found', 'This app has no API key, so there is none to remove.');
    }
    res.status(204).end();
  });

  return router;
}

function toApiKeyInfo(row: ApiKeyRow | undefined): ApiKeyInfo {
  return {
    exists: row !== undefined,
    start: row?.start ?? null,
    last_four: row?.last_four ?? null,
    created_at: row?.created_at.toISOString() ?? null,
    created_by: row?.created_by ? { id: row.created_by, email: row.created_by_email ?? '' } : null,
    last_used_at: row?.last_used_at?.toISOString() ?? null,
  };
}
