import { setTimeout as sleep } from 'node:timers/promises';
import { Router } from 'express';
import { z } from 'zod';
import type { Queryable } from '../db/pool.ts';

export const healthSchema = z.object({ status: z.enum(['ok', 'unavailable']) }).meta({ id: 'Health' });

export interface HealthRoutesOptions {
  readonly db: Queryable;
  readonly isStopping: () => boolean;
}

/** Much less than the time-out of a query: probes come every few seconds and need an answer before the next. */
const READY_WITHIN_MS = 3_000;

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

/** A database that does not answer within `READY_WITHIN_MS` counts as unreachable. */
async function isReachable(db: Queryable): Promise<boolean> {
  const timeUp = new AbortController();
  const answered = db.query({ name: 'is-reachable', text: 'select' }).then(
    () => true,
    () => false,
  );
  const late = sleep(READY_WITHIN_MS, false, { signal: timeUp.signal }).catch(() => false);
  return Promise.race([answered, late]).finally(() => timeUp.abort());
}
