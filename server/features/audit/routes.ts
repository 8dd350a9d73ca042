import { Router } from 'express';
import { z } from 'zod';
import type { CallerReader } from '../../auth/caller.ts';
import type { Queryable } from '../../db/pool.ts';
import { createCursorSchema, limitSchema, toPage } from '../../http/paging.ts';
import { parseInput } from '../../http/parse-input.ts';
import { authorizeApp } from '../apps/access.ts';
import type { AuditEvent } from './schema.ts';
import { type AuditEventRow, listAuditEvents } from './sql/list-audit-events.ts';

export interface AuditRoutesOptions {
  readonly db: Queryable;
  readonly callers: CallerReader;
}

export const auditQuerySchema = z.object({
  limit: limitSchema,
  cursor: createCursorSchema((cursor) => /^\d{1,18}$/.test(cursor)),
});

/** `/api/apps/APP/audit-log`. */
export function createAuditRoutes({ db, callers }: AuditRoutesOptions): Router {
  const router = Router();

  router.get('/apps/:app/audit-log', async (req, res) => {
    const caller = await callers.read(req);
    const app = await authorizeApp(db, caller, req.params.app, { role: 'admin', key: false });
    const { limit, cursor } = parseInput(auditQuerySchema, req.query);
    const rows = await listAuditEvents(db, { appId: app.id, limit: limit + 1, before: cursor });
    const { page, nextCursor } = toPage(rows, limit);
    res.json({ events: page.map(toAuditEvent), next_cursor: nextCursor });
  });

  return router;
}

function toAuditEvent(row: AuditEventRow): AuditEvent {
  return {
    id: row.id,
    action: row.action,
    actor: toActor(row),
    leak:
      row.action === 'api_key.leaked'
        ? { start: row.api_key_start, url: row.leak_url, source: row.leak_source }
        : null,
    secret_name: row.secret_name,
    changed_fields: row.changed_fields,
    ip: row.ip,
    user_agent: row.user_agent,
    created_at: row.created_at.toISOString(),
  };
}

function toActor(row: AuditEventRow): AuditEvent['actor'] {
  switch (row.actor_type) {
    case 'user':
      return { type: 'user', id: row.actor_user_id, email: row.actor_email };
    case 'api_key':
      return { type: 'api_key', start: row.api_key_start };
    case 'secret_scanning':
      return { type: 'secret_scanning', name: 'GitHub secret scanning' };
  }
}
