import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../server/db/embedded.ts';
import { migrate } from '../../server/db/migrate.ts';
import { shared } from './shared-postgres.ts';

/** One PostgreSQL for the run: that of `TEST_DATABASE_URL`, or an embedded one of its own. */
// biome-ignore lint/style/noDefaultExport: Jest's interface
export default async function setUp(): Promise<void> {
  const given = process.env.TEST_DATABASE_URL;
  if (given === undefined) {
    const dataDir = await mkdtemp(join(tmpdir(), 'qassandra-test-'));
    shared.dataDir = dataDir;
    shared.embedded = await startEmbeddedPostgres(dataDir);
  }
  const url = new URL(given ?? shared.embedded?.connectionString ?? '');
  const template = `qassandra_template_${process.pid}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`create database ${template}`);
  await client.end();
  const templateUrl = Object.assign(new URL(url), { pathname: `/${template}` });
  await migrate(templateUrl.href);
  // Inherited by the workers.
  process.env.TEST_POSTGRES_URL = url.href;
  process.env.TEST_POSTGRES_TEMPLATE = template;
}
