import { randomUUID } from 'node:crypto';
import express from 'express';
import pg from 'pg';
import { createDatabase } from '../../../server/db/pool.ts';
import { triggerChecks } from '../../../server/features/checks/sql/trigger-checks.ts';
import { createTrigger } from '../trigger.ts';
import { serve } from './serve.ts';

/** Express 5 and `pg` without our server: the least that a route with a statement can cost. */
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

/** Runs one prepared statement that stores a row. */
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

/** Runs the statement of a trigger, with a round trip and a commit for each request. */
app.post('/trigger', async (_req, res) => {
  const [row] = await triggerChecks(db, [createTrigger(of)], { locked: 'wait', hourlyLimit: undefined });
  res.status(202).json({ check_id: row?.check_id });
});

/** Runs no statement. */
app.post('/refuse', (_req, res) => {
  res.status(401).json({ code: 'invalid_api_key' });
});

serve(app);
