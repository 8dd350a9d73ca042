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
/** The processes of a killed postmaster hold its memory for a moment, in which no other one starts. */
const START_TRIES = 5;
const START_PAUSE_MS = 1_000;
const READY_PAUSE_MS = 100;
const CONNECT_TIMEOUT_MS = 1_000;
/** A new cluster takes about 60 MiB; one that is there needs the next files of its log, of 16 MiB each. */
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

/** The server of one cluster, whichever process started it. */
export interface PostgresControl {
  isRunning(): Promise<boolean>;
  /** Starts it unless it runs already; resolves with its port once it takes connections. Rejects with a `DatabaseStartError`. */
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
    // The same one as the last time, where it can be had: processes of ours that are still there know no other.
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
          // Or another process of ours was faster, and it is there at the next look.
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
        // It may have died on its own in the meantime.
        const found = await readPidFile(cluster);
        if (found && (await takesConnections(found.port))) {
          throw error;
        }
      });
    },
  };
}

/** Runs one of PostgreSQL's own programs, as the user that may. */
export function runTool(osUser: OsUser | undefined, tool: string, args: readonly string[]): Promise<unknown> {
  const [command, ...rest] = [...(osUser?.runAs ?? []), tool, ...args];
  // pg_ctl hands its output streams on to the server it starts: wait for its exit, not for them to close.
  return run(command ?? tool, rest, {
    cwd: '/',
    windowsHide: true,
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
}

/** The port of the server that runs, as soon as it takes connections; `undefined` when none runs. */
async function waitForReadyPort(cluster: string): Promise<number | undefined> {
  for (let waitedMs = 0; waitedMs < START_TIMEOUT_SECONDS * 1_000; waitedMs += READY_PAUSE_MS) {
    const found = await readPidFile(cluster);
    // The file of one that was killed stays, and so does its process until it is reaped.
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

/** What a running server says of itself; `undefined` where none runs, also where a killed one left its file. */
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
    // It is there, and another user's.
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

/** A sentence about a full disk, which keeps PostgreSQL from writing even to its log why it does not start; else nothing. */
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
