import { Router } from 'express';
import type { CallerReader } from '../../../auth/caller.ts';
import type { Queryable } from '../../../db/pool.ts';
import { parseId } from '../../../http/ids.ts';
import { authorizeApp, type Requirement } from '../../apps/access.ts';
import type { AppRow } from '../../apps/app-row.ts';
import { createCheckNotFoundError } from '../check-not-found-error.ts';
import { getCheckUrl, toFlows } from '../check-row.ts';
import type { Comparison } from '../schema.ts';
import { compareFlows, type FailedFlow } from './compare-flows.ts';
import { type ComparedCheckRow, findComparedCheck } from './sql/find-compared-check.ts';

export interface ComparisonRoutesOptions {
  readonly db: Queryable;
  readonly callers: CallerReader;
  readonly publicUrl: string;
}

const TO_READ: Requirement = { role: 'viewer', key: true };

/** `GET /api/apps/APP/checks/CHECK/comparison`: what is new, known and fixed since the main branch. */
export function createComparisonRoutes({ db, callers, publicUrl }: ComparisonRoutesOptions): Router {
  const router = Router();
  router.get('/apps/:app/checks/:check/comparison', async (req, res) => {
    const caller = await callers.read(req);
    const app = await authorizeApp(db, caller, req.params.app, TO_READ);
    const checkId = parseId(req.params.check);
    const row = await findComparedCheck(db, { appId: app.id, checkId, branch: app.main_branch });
    if (!row) {
      throw createCheckNotFoundError();
    }
    res.json(toComparison(row, app, publicUrl));
  });
  return router;
}

/** Without a base nothing can be told to be new or known. */
function toComparison(row: ComparedCheckRow, app: AppRow, publicUrl: string): Comparison {
  const { main_branch: branch, alias } = app;
  const { base_id: id, base_created_at: createdAt, base_git_commit_id, base_failures } = row;
  if (id === null || createdAt === null) {
    return { branch, base: null, new: [], known: [], fixed: [] };
  }
  const { newlyFailed, known, fixed } = compareFlows(toFlows(row), base_failures);
  return {
    branch,
    base: {
      id,
      url: getCheckUrl(publicUrl, alias, id),
      git_commit_id: base_git_commit_id,
      created_at: createdAt.toISOString(),
      failures: [...base_failures],
    },
    new: newlyFailed.map(toFailedFlow),
    known: known.map(toFailedFlow),
    fixed: [...fixed],
  };
}

function toFailedFlow({ name, cause }: FailedFlow): FailedFlow {
  return { name, cause };
}
