import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../../server/db/embedded/embedded-postgres.ts';
import { createEmbeddedFolder, type EmbeddedFolder } from './embedded-folder.ts';

/** A PostgreSQL of the test's own, without supervision, which the test stops, pauses and fills up. */
export interface OwnPostgres extends Pick<EmbeddedFolder, 'query'> {
  readonly connectionString: string;
  /**
   * `SIGINT` is PostgreSQL's fast shutdown, `SIGQUIT` its immediate one, like a crash. Resolves once it has
   * ended.
   */
  shutDown(signal: 'SIGINT' | 'SIGQUIT'): Promise<void>;
  /** Starts on the earlier port. */
  start(): Promise<void>;
  /** Stops all of its processes with SIGSTOP: connections stay open, and nothing answers. */
  pause(): Promise<void>;
  resume(): void;
  /**
   * Ends the connections of `qassandra` and takes all free ones. The server must be unable to connect
   * meanwhile.
   */
  fillUp(): Promise<FilledUp>;
  remove(): Promise<void>;
}

export interface FilledUp {
  release(): Promise<void>;
}

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const folder = await createEmbeddedFolder();
  const embedded = await startEmbeddedPostgres(folder.dataDir);
  const { connectionString } = embedded;
  let paused: readonly number[] = [];

  function resume(): void {
    for (const pid of paused) {
      signalIfThere(pid, 'SIGCONT');
    }
    paused = [];
  }

  return {
    connectionString,
    query: folder.query,
    async shutDown(signal) {
      process.kill(await folder.readPostmasterPid(), signal);
      while (await embedded.isRunning()) {
        await sleep(20);
      }
    },
    start: () => embedded.restart(),
    async pause() {
      const postmaster = await folder.readPostmasterPid();
      // The postmaster first, so that it cannot start more children than are listed next.
      process.kill(postmaster, 'SIGSTOP');
      paused = [postmaster, ...(await listChildren(postmaster))];
      for (const pid of paused) {
        signalIfThere(pid, 'SIGSTOP');
      }
    },
    resume,
    fillUp: () => fillUp(connectionString),
    async remove() {
      resume();
      await embedded.stop();
      await folder.remove();
    },
  };
}

async function listChildren(parent: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, ppid]) => ppid === parent)
    .map(([pid = 0]) => pid);
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // This backend has ended in the meantime.
  }
}

const AT_ONCE = 10;

async function fillUp(connectionString: string): Promise<FilledUp> {
  const eye = await connect(connectionString);
  if (!eye) {
    throw new Error('PostgreSQL is full already.');
  }
  const held = [eye];
  for (let ours = 1; ours > 0; ) {
    const { rows } = await eye.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'qassandra%'`,
    );
    ours = rows.length;
    await sleep(20);
  }
  for (let isFull = false; !isFull; ) {
    const more = await Promise.all(Array.from({ length: AT_ONCE }, () => connect(connectionString)));
    held.push(...more.filter((client) => client !== undefined));
    isFull = more.includes(undefined);
  }
  return {
    async release() {
      await Promise.all(held.map((client) => client.end()));
    },
  };
}

/** `undefined` when no connection is free. */
async function connect(connectionString: string): Promise<pg.Client | undefined> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  return client.connect().then(
    () => client,
    () => undefined,
  );
}
