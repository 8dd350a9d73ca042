import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import express from 'express';
import pg from 'pg';
import { serve } from './serve.ts';

/**
 * better-auth's API keys behind Express 5. `POST /verify` verifies the key in the bearer token and stores no check. Its
 * limits, 10 requests a day by default, are off.
 */
const auth = betterAuth({
  database: new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 }),
  secret: 'of a benchmark, which protects nothing',
  baseURL: 'http://127.0.0.1',
  emailAndPassword: { enabled: true },
  telemetry: { enabled: false },
  rateLimit: { enabled: false },
  plugins: [apiKey({ rateLimit: { enabled: false } })],
});

await (await getMigrations(auth.options)).runMigrations();
const { user } = await auth.api.signUpEmail({
  body: { name: 'Bench', email: 'bench@example.com', password: 'of a benchmark' },
});
const { key } = await auth.api.createApiKey({ body: { userId: user.id } });

const app = express();
app.post('/verify', async (req, res) => {
  const bearer = req.get('Authorization')?.slice('Bearer '.length) ?? '';
  const { valid } = await auth.api.verifyApiKey({ body: { key: bearer } });
  res.status(valid ? 202 : 401).json({ valid });
});
serve(app, { key });
