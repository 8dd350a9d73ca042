import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findTestPort } from '../network/test-port.ts';
import { signIn } from './server.ts';

/** The server as its user starts it: a process of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** The `Cookie` header that the printed sign-in link led to; empty where Supabase signs people in. */
  readonly cookie: string;
  /** All it printed so far, on both streams. */
  output(): string;
  /** Sends `signal` and resolves with the exit code, or the signal's name where it died of one. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

export interface ServerProcessOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Whether its log goes nowhere, as a benchmark has it: `output` is then what it printed for people alone. */
  readonly isLogDropped?: boolean;
}

const ROOT = join(import.meta.dirname, '..', '..', '..');
const MAIN = join(ROOT, 'server', 'main.ts');
/** That of `npm start`. Without it each start compiles the server and its packages again: a third of its time. */
const COMPILE_CACHE = join(ROOT, 'node_modules', '.cache', 'node');

/**
 * Starts it, on a free port unless `PORT` is given, and waits for the line that says where to sign in, or where it
 * listens if there is no such line.
 */
export async function startServerProcess({
  env,
  isLogDropped = false,
}: ServerProcessOptions): Promise<ServerProcess> {
  const port = env.PORT ?? (await findTestPort());
  const child = spawn(process.execPath, [MAIN], {
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
