import { findTestPort } from '../../helpers/network/test-port.ts';
import { type ServerProcess, startServerProcess } from '../../helpers/server/server-process.ts';
import { LOAD_SETTINGS } from './scale.ts';

/** A server that restarts at the same address. */
export interface KeptProcess {
  readonly url: string;
  current(): ServerProcess;
  kill(): Promise<void>;
  start(): Promise<void>;
}

export async function startKeptProcess(env: Readonly<Record<string, string>>): Promise<KeptProcess> {
  const port = String(await findTestPort());
  const start = () =>
    startServerProcess({ env: { ...LOAD_SETTINGS, LOG_LEVEL: 'fatal', ...env, PORT: port } });
  let current = await start();
  return {
    url: current.url,
    current: () => current,
    async kill() {
      await current.end('SIGKILL');
    },
    async start() {
      current = await start();
    },
  };
}
