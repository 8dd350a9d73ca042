import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Peer {
  readonly url: string;
  /** The line of JSON that it printed. */
  readonly told: Readonly<Record<string, string>>;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** Starts one of `peers/` in its own process and waits for its line of JSON. */
export async function startPeer(file: string, env: Readonly<Record<string, string>>): Promise<Peer> {
  const child = spawn(process.execPath, [new URL(`peers/${file}`, import.meta.url).pathname], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const line = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /^\{.*\}$/m.exec(output)?.[0];
      if (found !== undefined) {
        resolve(found);
      }
    });
    exited.then(([code]) => reject(new Error(`${file} ended with ${code}`)), reject);
  });
  const told: Record<string, string> = JSON.parse(line);
  return {
    url: told.url ?? '',
    told,
    child,
    async stop() {
      child.kill();
      await exited;
    },
  };
}
