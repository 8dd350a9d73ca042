import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createEmbeddedFolder, type EmbeddedFolder } from '../../chaos/helpers/embedded-folder.ts';
import { trigger, withKey } from '../../helpers/network/requests.ts';
import { type Site, startSite } from '../../helpers/network/site.ts';
import { findTestPort } from '../../helpers/network/test-port.ts';
import { prepareApp } from '../../helpers/server/prepare-app.ts';
import { signIn } from '../../helpers/server/server.ts';

/** Signals to the whole process group, 100 ms apart. npm passes on each one that it gets itself. */
const ROUNDS: readonly (readonly NodeJS.Signals[])[] = [
  ['SIGINT'],
  ['SIGINT', 'SIGINT'],
  ['SIGINT', 'SIGTERM'],
  ['SIGTERM', 'SIGINT', 'SIGINT'],
];
const ROOT = join(import.meta.dirname, '..', '..', '..');

/** `npm start` as a terminal runs it: in a process group of its own, on an embedded PostgreSQL. */
interface Started {
  readonly npm: ChildProcess;
  readonly url: string;
  readonly cookie: string;
  /** The exit code of npm, or the signal that ended it. */
  readonly exited: Promise<unknown>;
}

let folder: EmbeddedFolder;
let site: Site;
let group: number | undefined;
beforeEach(async () => {
  folder = await createEmbeddedFolder();
  site = await startSite({ '/': { body: 'late', delayMs: 600_000 } });
});
afterEach(async () => {
  endGroup();
  await site.stop();
  if (existsSync(join(folder.dataDir, 'postgres', 'postmaster.pid'))) {
    process.kill(await folder.readPostmasterPid(), 'SIGQUIT');
  }
  await folder.remove();
});

/** Ends what a failed test left running. */
function endGroup(): void {
  if (group !== undefined) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // Everything has ended.
    }
    group = undefined;
  }
}

async function startNpm(): Promise<Started> {
  const port = String(await findTestPort());
  const npm = spawn('npm', ['start'], {
    cwd: ROOT,
    detached: true,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: port,
      DATA_DIR: folder.dataDir,
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  group = npm.pid;
  const exited = once(npm, 'exit').then(([code, signal]) => code ?? signal);
  let output = '';
  const link = await new Promise<string>((resolve, reject) => {
    npm.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /^Sign in: (\S+)$/m.exec(output)?.[1];
      if (found !== undefined) {
        resolve(found);
      }
    });
    exited.then((code) => reject(new Error(`npm start ended with ${code}:\n${output}`)), reject);
  });
  const url = `http://127.0.0.1:${port}`;
  return { npm, url, cookie: await signIn(url, link), exited };
}

test('Ctrl-C on npm start answers waits, ends with 0 and stops the embedded PostgreSQL', async () => {
  for (const signals of ROUNDS) {
    const started = await startNpm();
    const app = await prepareApp(started, site.url);
    const checkId = await trigger(started, app);
    const waiting = withKey(started, app, 'get', `/checks/${checkId}?wait=60`).then(
      ({ status }) => status,
      String,
    );
    await fetch(`${started.url}/healthz`);
    for (const signal of signals) {
      process.kill(-Number(started.npm.pid), signal);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await waiting).toBe(200);
    expect(await started.exited).toBe(0);
    expect(existsSync(join(folder.dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
    group = undefined;
  }
}, 120_000);
