import { execFile } from 'node:child_process';
import { readFile, statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DatabaseStartError } from '../database-start-error.ts';
import { findFreePort } from './free-port.ts';
import type { OsUser } from './os-user.ts';

const run = promisify(execFile);

const START_TIMEOUT_SECONDS = 60;
/** The processes of a killed postmaster hold its memory for a moment. No other postmaster can start until they end. */
const START_TRIES = 5;
const START_PAUSE_MS = 1_000;
const READY_PAUSE_MS = 100;
const CONNECT_TIMEOUT_MS = 1_000;
/**
 * A new cluster takes about 60 MiB. An existing one needs space for the next files of its write-ahead log, 16 MiB each.
 */
const LOW_SPACE_BYTES = 64 * 1024 * 1024;
/** fsync and synchronous_commit stay as PostgreSQL ships them: an acknowledged trigger survives a power cut. */
const SERVER_OPTIONS = [
  '-c listen_addresses=127.0.0.1',
  '-c unix_socket_directories=',
  '-c max_connections=100',
];

export interface PostgresControlOptions {
  readonly cluster: string;
  readonly pgCtl: string;
  readonly osUser: OsUser | undefined;
  /** PostgreSQL's settings by name, on top of the usual ones. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
}

/** Controls the server of one cluster. Any process may have started that server. */
export interface PostgresControl {
  isRunning(): Promise<boolean>;
  /**
   * Starts the server unless it runs already. Resolves with its port once it accepts connections. Rejects with a
   * `DatabaseStartError`.
   */
  start(): Promise<number>;
  stop(): Promise<void>;
}

export function createPostgresControl({
  cluster,
  pgCtl,
  osUser,
  settings = {},
}: PostgresControlOptions): PostgresControl {
  const log = join(cluster, 'server.log');
  const control = (...args: string[]) => runTool(osUser, pgCtl, ['--pgdata', cluster, ...args]);

  async function launch(): Promise<void> {
    // Take the last port again if it is free: it is the only port that our running processes know.
    const port = await findFreePort(await readLastPort(cluster));
    const added = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
    const options = [...SERVER_OPTIONS, ...added, `-p ${port}`].join(' ');
    await control('start', '--wait', `--timeout=${START_TIMEOUT_SECONDS}`, `--log=${log}`, '-o', options);
  }

  return {
    async isRunning() {
      return (await readPidFile(cluster)) !== undefined;
    },
    async start() {
      let cause: unknown;
      for (let tries = 0; tries < START_TRIES; tries += 1) {
        const port = await waitForReadyPort(cluster);
        if (port !== undefined) {
          return port;
        }
        try {
          await launch();
        } catch (error) {
          // Another process of ours may have started it first. The next try then finds it.
          cause = error;
          if ((await describeSpace(cluster)) !== '') {
            break;
          }
          await sleep(START_PAUSE_MS);
        }
      }
      const port = await waitForReadyPort(cluster);
      if (port !== undefined) {
        return port;
      }
      throw new DatabaseStartError(
        `The embedded PostgreSQL in ${cluster} does not start.${await describeSpace(cluster)} ` +
          `The end of its log:\n${await readTail(log)}`,
        { cause },
      );
    },
    async stop() {
      await control('stop', '--wait', '--mode=fast').catch(async (error: unknown) => {
        // The server may have ended by itself in the meantime.
        const found = await readPidFile(cluster);
        if (found && (await takesConnections(found.port))) {
          throw error;
        }
      });
    },
  };
}

/** Runs one of PostgreSQL's own programs, as `osUser` if there is one. */
export function runTool(osUser: OsUser | undefined, tool: string, args: readonly string[]): Promise<unknown> {
  const [command, ...rest] = [...(osUser?.runAs ?? []), tool, ...args];
  // This waits until the tool's output streams close, and the server that pg_ctl starts inherits them: start it with
  // `--log`.
  return run(command ?? tool, rest, {
    cwd: '/',
    windowsHide: true,
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
}

/** Resolves with the port of the running server once it accepts connections; `undefined` if no server runs. */
async function waitForReadyPort(cluster: string): Promise<number | undefined> {
  for (let waitedMs = 0; waitedMs < START_TIMEOUT_SECONDS * 1_000; waitedMs += READY_PAUSE_MS) {
    const found = await readPidFile(cluster);
    // A killed server leaves its file, and its process until that is reaped. Only an open port shows that it runs.
    if (found === undefined || (found.isReady && (await takesConnections(found.port)))) {
      return found?.port;
    }
    await sleep(READY_PAUSE_MS);
  }
  return undefined;
}

interface PidFile {
  readonly port: number;
  readonly isReady: boolean;
}

/** Reads what the running server says about itself. `undefined` if none runs, even if a killed server left its file. */
async function readPidFile(cluster: string): Promise<PidFile | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, , , port, , , , status] = text.split('\n');
  return isAlive(Number(pid)) ? { port: Number(port), isReady: status?.trim() === 'ready' } : undefined;
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) {
    return false;
  }
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // The process exists, and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: CONNECT_TIMEOUT_MS });
    const answer = (isTaken: boolean) => () => {
      socket.destroy();
      resolve(isTaken);
    };
    socket.once('connect', answer(true)).once('error', answer(false)).once('timeout', answer(false));
  });
}

async function readLastPort(cluster: string): Promise<number | undefined> {
  const options = await readFile(join(cluster, 'postmaster.opts'), 'utf8').catch(() => '');
  const port = /"-p" "(\d+)"/.exec(options)?.[1];
  return port === undefined ? undefined : Number(port);
}

/**
 * A sentence about the disk if it is full or almost full, else an empty string. With a full disk, PostgreSQL cannot
 * even log why it does not start.
 */
export async function describeSpace(folder: string): Promise<string> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  return free < LOW_SPACE_BYTES
    ? ` Its disk is full, or all but full (${Math.floor(free / 1024 / 1024)} MiB are free): make space there.`
    : '';
}

async function readTail(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '(there is no log)');
  return text.trim().split('\n').slice(-8).join('\n');
}
