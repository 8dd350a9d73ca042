import { glob, mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../../../server/db/embedded/embedded-postgres.ts';
import { migrate } from '../../../../server/db/migrate.ts';
import { enableCompileCache } from '../../../../server/process/compile-cache.ts';
import { buildStaleCommand } from '../../action/build-command.ts';
import { prepareBrowser } from '../../browser/find-browser.ts';
import { shared } from './shared-postgres.ts';

/**
 * Settings for databases that are created and dropped all the time and lost with the run: waiting for the disk took up
 * to a second each. Tests that end PostgreSQL have servers of their own, with the settings of the product.
 */
const SETTINGS = { fsync: 'off', full_page_writes: 'off', max_connections: '300' };

/**
 * Starts one PostgreSQL for the run: that of `TEST_DATABASE_URL`, or an embedded one. It also builds the
 * command and unpacks the browser, which the workers must not do in parallel.
 */
// biome-ignore lint/style/noDefaultExport: Jest's interface
export default async function setUp(): Promise<void> {
  // The workers and the programs that they start inherit it: a server of a test starts a runner, and that a process a check.
  enableCompileCache();
  await assertDashboardBuilt();
  buildStaleCommand();
  prepareBrowser();
  const given = process.env.TEST_DATABASE_URL;
  if (given === undefined) {
    const dataDir = await mkdtemp(join(tmpdir(), 'qassandra-test-'));
    shared.dataDir = dataDir;
    shared.embedded = await startEmbeddedPostgres(dataDir, { settings: SETTINGS });
  }
  const url = new URL(given ?? shared.embedded?.connectionString ?? '');
  const template = `qassandra_template_${process.pid}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`create database ${template}`);
  await client.end();
  const templateUrl = Object.assign(new URL(url), { pathname: `/${template}` });
  await migrate(templateUrl.href);
  // The workers inherit these variables.
  process.env.TEST_POSTGRES_URL = url.href;
  process.env.TEST_POSTGRES_TEMPLATE = template;
}

/** Tests of outdated pages would not show whether the last change works. */
async function assertDashboardBuilt(): Promise<void> {
  const folder = join(import.meta.dirname, '..', '..', '..', 'server', 'dashboard');
  const readTime = async (file: string): Promise<number> => (await stat(join(folder, file))).mtimeMs;
  const built = await readTime('dist/index.html').catch(() => 0);
  let changed = 0;
  for await (const file of glob('{index.html,src/**/*.*}', { cwd: folder })) {
    changed = Math.max(changed, await readTime(file));
  }
  if (built < changed) {
    throw new Error(
      `The dashboard is not built${built === 0 ? '' : ' since its last change'}. Run "npm run build:dashboard" first.`,
    );
  }
}
