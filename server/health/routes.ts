import { Router } from 'express';
import { z } from 'zod';
import type { Queryable } from '../db/pool.ts';

export const healthSchema = z.object({ status: z.enum(['ok', 'unavailable']) }).meta({ id: 'Health' });

export interface HealthRoutesOptions {
  readonly db: Queryable;
  readonly isStopping: () => boolean;
}

/** `/healthz` and `/readyz`. The server only listens once its migrations are done. */
export function createHealthRoutes({ db, isStopping }: HealthRoutesOptions): Router {
  const router = Router();

  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });

  router.get('/readyz', async (_req, res) => {
    const isReady = !isStopping() && (await isReachable(db));
    res.status(isReady ? 200 : 503).json({ status: isReady ? 'ok' : 'unavailable' });
  });

  return router;
}

async function isReachable(db: Queryable): Promise<boolean> {
  return db.query({ name: 'is-reachable', text: 'select' }).then(
    () => true,
    () => false,
  );
}
