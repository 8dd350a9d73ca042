import { randomUUID } from 'node:crypto';
import express from 'express';
import pg from 'pg';
import { createDatabase } from '../../../server/db/pool.ts';
import { triggerChecks } from '../../../server/features/checks/sql/trigger-checks.ts';
import { createTrigger } from '../trigger.ts';
import { serve } from './serve.ts';

/** What Express 5 and `pg` do without anything of ours: the least that a route with a statement can cost. */
const connectionString = process.env.DATABASE_URL ?? '';
const pool = new pg.Pool({ connectionString, max: 10 });
const db = createDatabase({ connectionString, onIdleError: () => {} });
const { rows: apps } = await pool.query<{ id: string; key_hash: Buffer }>(
  'select app_id as id, key_hash from api_keys limit 1',
);
const [of] = apps;
if (!of) {
  throw new Error('There is no app with a key.');
}

const app = express();

/** One prepared statement that stores a row. */
app.post('/insert', async (_req, res) => {
  const { rows } = await pool.query({
    name: 'insert',
    text: `
      insert into checks (id, app_id, target_url, triggered_by)
      values ($1::uuid, $2::uuid, 'http://127.0.0.1:9/', 'api_key')
      returning id, status`,
    values: [randomUUID(), of.id],
  });
  res.status(202).json(rows[0]);
});

/** The statement of a trigger, each in a round trip and a commit of its own. */
app.post('/trigger', async (_req, res) => {
  const [row] = await triggerChecks(db, [createTrigger(of)], { locked: 'wait', hourlyLimit: undefined });
  res.status(202).json({ check_id: row?.check_id });
});

/** No statement at all. */
app.post('/refuse', (_req, res) => {
  res.status(401).json({ code: 'invalid_api_key' });
});

serve(app);
