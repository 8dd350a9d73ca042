import { Router } from 'express';
import { z } from 'zod';
import type { DatabaseProbe } from '../db/database-probe.ts';

export const healthSchema = z.object({ status: z.enum(['ok', 'unavailable']) }).meta({ id: 'Health' });

export interface HealthRoutesOptions {
  readonly probe: Pick<DatabaseProbe, 'isReachable'>;
  readonly isStopping: () => boolean;
}

/** `/healthz` and `/readyz`. The server only listens once its migrations are done. */
export function createHealthRoutes({ probe, isStopping }: HealthRoutesOptions): Router {
  const router = Router();

  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });

  router.get('/readyz', async (_req, res) => {
    const isReady = !isStopping() && (await probe.isReachable());
    res.status(isReady ? 200 : 503).json({ status: isReady ? 'ok' : 'unavailable' });
  });

  return router;
}
