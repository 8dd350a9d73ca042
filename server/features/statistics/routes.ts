import { Router } from 'express';
import { z } from 'zod';
import type { CallerReader } from '../../auth/caller.ts';
import type { Queryable } from '../../db/pool.ts';
import { parseInput } from '../../http/parse-input.ts';
import { sendRevalidated } from '../../http/send-revalidated.ts';
import { authorizeApp } from '../apps/access.ts';
import type { Statistics } from './schema.ts';
import { readStatistics } from './sql/read-statistics.ts';

export interface StatisticsRoutesOptions {
  readonly db: Queryable;
  readonly callers: CallerReader;
}

export const statisticsQuerySchema = z.object({
  days: z
    .enum(['7', '30', '90'], { error: 'must be 7, 30 or 90' })
    .default('30')
    .meta({ description: 'Of how many days, up to now.' }),
});

/** `GET /api/apps/APP/statistics`: what the checks of the last days say together. */
export function createStatisticsRoutes({ db, callers }: StatisticsRoutesOptions): Router {
  const router = Router();

  router.get('/apps/:app/statistics', async (req, res) => {
    const caller = await callers.read(req);
    const app = await authorizeApp(db, caller, req.params.app, { role: 'viewer', key: true });
    const days = Number(parseInput(statisticsQuerySchema, req.query).days);
    const row = await readStatistics(db, { appId: app.id, mainBranch: app.main_branch, days });
    const statistics: Statistics = {
      days,
      ...row,
      flaky_flows: row.flaky_flows.map((flow) => ({
        ...flow,
        failed_at: new Date(flow.failed_at).toISOString(),
      })),
      flaky_flows_since: row.flaky_flows_since?.toISOString() ?? null,
    };
    sendRevalidated(req, res, statistics);
  });

  return router;
}
