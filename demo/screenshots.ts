import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { parseConfig } from '../server/config.ts';
import { startEmbeddedPostgres } from '../server/db/embedded/embedded-postgres.ts';
import { findFreePort } from '../server/db/embedded/free-port.ts';
import { createLogger } from '../server/observe/logger.ts';
import { startServer } from '../server/server.ts';
import { startBrowser, type TestBrowser } from '../test/helpers/browser/browser.ts';
import { PUBLISHABLE_KEY, startSupabase } from '../test/helpers/stand-ins/supabase.ts';
import { fillDashboard } from './dashboard-data.ts';
import { showStep } from './terminal.ts';

/** Takes the screenshots of the dashboard for the docs: `npm run screenshots`. */

const FOLDER = process.argv[2] ?? join(import.meta.dirname, '..', 'docs', 'screenshots');
const WIDE = 1440;
const PHONE = 360;

interface Picture {
  readonly name: string;
  /** `FAILED` stands for the id of a check in which a page failed. */
  readonly path: string;
  /** Text that is visible once the page is complete. */
  readonly shows: string;
  readonly isSignedOut?: boolean;
  readonly colorScheme?: 'dark';
  readonly width?: typeof PHONE;
}

const APP = { path: '/apps/shop', shows: 'Median duration' };
const CHECK = { path: '/apps/shop/checks/FAILED', shows: 'responded 500' };
const SETTINGS = { path: '/apps/shop/settings', shows: 'Remove API key' };
const PICTURES: readonly Picture[] = [
  { name: 'apps', path: '/', shows: 'Could not run' },
  { name: 'app', ...APP },
  { name: 'check', ...CHECK },
  { name: 'settings', ...SETTINGS },
  { name: 'organization', path: '/organization', shows: 'sam@example.com' },
  { name: 'sign-in', path: '/', shows: 'GitHub', isSignedOut: true },
  { name: 'app-dark', ...APP, colorScheme: 'dark' },
  { name: 'check-dark', ...CHECK, colorScheme: 'dark' },
  { name: 'check-phone', ...CHECK, width: PHONE },
  { name: 'settings-phone', ...SETTINGS, width: PHONE },
];

async function main(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'qassandra-screenshots-'));
  const [postgres, supabase, port] = await Promise.all([
    startEmbeddedPostgres(dataDir),
    startSupabase(),
    findFreePort(),
  ]);
  const config = parseConfig({
    PORT: String(port),
    LOG_LEVEL: 'warn',
    // The URL in the workflow that the settings page shows.
    PUBLIC_URL: 'https://checks.example.com',
    SUPABASE_URL: supabase.url,
    SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY,
    PRIVATE_TARGETS: 'allow',
  });
  const { connectionString } = postgres;
  const server = await startServer({
    config,
    connectionString,
    encryptionKeys: [],
    logger: createLogger(config),
  });
  const db = new pg.Client({ connectionString });
  const browser = await startBrowser();
  try {
    await db.connect();
    await mkdir(FOLDER, { recursive: true });
    const at = { url: `http://127.0.0.1:${port}` };
    const { cookie, failedId } = await showStep('Make apps, checks and people', () =>
      fillDashboard({ server: at, supabase, db }),
    );
    for (const picture of PICTURES) {
      const path = picture.path.replace('FAILED', failedId);
      await showStep(`${picture.name}.png`, () => take(browser, at, { ...picture, path }, cookie));
    }
  } finally {
    await browser.stop();
    await db.end();
    await server.stop();
    await supabase.stop();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function take(
  browser: TestBrowser,
  server: { readonly url: string },
  picture: Picture,
  cookie: string,
): Promise<void> {
  const { name, path, shows, isSignedOut, colorScheme = 'light', width = WIDE } = picture;
  const { page } = await browser.open({
    server,
    cookie: isSignedOut ? undefined : cookie,
    colorScheme,
    width,
    // Low, so that a short page makes a short picture; `fullPage` includes the rest of a longer page.
    height: 480,
  });
  await page.goto(path);
  await page.getByText(shows).filter({ visible: true }).first().waitFor();
  // Wait for parts that load after the page, such as the button that adds an app.
  await page.waitForLoadState('networkidle');
  for (const loading of await page.getByText('Loading…').all()) {
    await loading.waitFor({ state: 'hidden' });
  }
  await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true, animations: 'disabled' });
  await browser.closeVisits();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
