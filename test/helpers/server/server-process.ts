import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findTestPort } from '../network/test-port.ts';
import { signIn } from './server.ts';

/** The server as users start it: a process of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** The `Cookie` header from the printed sign-in link; empty when Supabase signs people in. */
  readonly cookie: string;
  /** Everything it has printed so far, on both streams. */
  output(): string;
  /** Sends `signal` and resolves with the exit code, or with the name of the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

export interface ServerProcessOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Whether the log is dropped, as benchmarks do: `output` then has only the text for people. */
  readonly isLogDropped?: boolean;
  /** The folder of the sources to start; by default these. Benchmarks compare with another version. */
  readonly root?: string;
  readonly nodeOptions?: readonly string[];
}

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** That of `npm start`. Without it each start compiles the server and its packages again: a third of its time. */
const COMPILE_CACHE = join(ROOT, 'node_modules', '.cache', 'node');

/**
 * Starts the server, on a free port unless `PORT` is given, and waits for its line with the sign-in link, or
 * else for the line with its address.
 */
export async function startServerProcess({
  env,
  isLogDropped = false,
  root = ROOT,
  nodeOptions = [],
}: ServerProcessOptions): Promise<ServerProcess> {
  const port = env.PORT ?? (await findTestPort());
  const child = spawn(process.execPath, [...nodeOptions, join(root, 'server', 'main.ts')], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      PORT: String(port),
      LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', isLogDropped ? 'ignore' : 'pipe'],
  });
  const exited = once(child, 'exit');
  const isLocal = env.SUPABASE_URL === undefined;
  const announcement = isLocal ? /^Sign in: (\S+)$/m : /^Listening on (\S+),/m;
  let output = '';
  let isAnnounced = false;
  const announced = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const found = isAnnounced ? undefined : announcement.exec(output)?.[1];
      if (found !== undefined) {
        isAnnounced = true;
        resolve(found);
      }
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    exited.then(([code]) => reject(new Error(`The server ended with ${code}:\n${output}`)), reject);
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    child,
    cookie: isLocal ? await signIn(url, announced) : '',
    output: () => output,
    async end(signal) {
      child.kill(signal);
      const [code, died] = await exited;
      return code ?? died;
    },
  };
}
