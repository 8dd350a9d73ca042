import { rm } from 'node:fs/promises';
import pg from 'pg';
import { shared } from './shared-postgres.ts';

// biome-ignore lint/style/noDefaultExport: Jest's interface
export default async function tearDown(): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL });
  await client.connect();
  await client.query(`drop database ${process.env.TEST_POSTGRES_TEMPLATE}`);
  await client.end();
  await shared.embedded?.stop();
  if (shared.dataDir !== undefined) {
    await rm(shared.dataDir, { recursive: true, force: true });
  }
}
