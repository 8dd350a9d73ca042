import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createEmbeddedFolder, type EmbeddedFolder } from '../../chaos/helpers/embedded-folder.ts';
import { trigger, withKey } from '../../helpers/network/requests.ts';
import { type Site, startSite } from '../../helpers/network/site.ts';
import { findTestPort } from '../../helpers/network/test-port.ts';
import { prepareApp } from '../../helpers/server/prepare-app.ts';
import { signIn } from '../../helpers/server/server.ts';

/**
 * Who gets signals, 100 ms apart. npm passes on each one that it gets itself, to its shell alone: a SIGINT to npm alone is
 * not here, since a shell that waits for the server keeps it to itself.
 */
interface Round {
  readonly to: 'the group' | 'npm';
  readonly signals: readonly NodeJS.Signals[];
}

const ROUNDS: readonly Round[] = [
  { to: 'the group', signals: ['SIGINT'] },
  { to: 'the group', signals: ['SIGINT', 'SIGINT'] },
  { to: 'the group', signals: ['SIGINT', 'SIGTERM'] },
  { to: 'the group', signals: ['SIGTERM', 'SIGINT', 'SIGINT'] },
  { to: 'npm', signals: ['SIGTERM'] },
];
const ROOT = join(import.meta.dirname, '..', '..', '..');

/** `npm start` as a terminal runs it: in a process group of its own, on an embedded PostgreSQL. */
interface Started {
  readonly npm: ChildProcessByStdio<null, Readable, Readable>;
  readonly url: string;
  readonly cookie: string;
  /**
   * Resolves with the log once all processes have ended that write it. npm ends as soon as its shell does, and not every
   * shell waits for the server.
   */
  readonly ended: Promise<string>;
}

let folder: EmbeddedFolder;
let site: Site;
let group: number | undefined;
beforeAll(async () => {
  folder = await createEmbeddedFolder();
  site = await startSite({ '/': { body: 'late', delayMs: 600_000 } });
});
afterEach(() => endGroup());
afterAll(async () => {
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
      // Set, though empty: a `.env` of the clone does not count.
      DATABASE_URL: '',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  group = npm.pid;
  const ended = text(npm.stderr);
  let output = '';
  const link = await new Promise<string>((resolve, reject) => {
    npm.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /^Sign in: (\S+)$/m.exec(output)?.[1];
      if (found !== undefined) {
        resolve(found);
      }
    });
    ended.then((log) => reject(new Error(`npm start has ended:\n${output}${log}`)), reject);
  });
  const url = `http://127.0.0.1:${port}`;
  return { npm, url, cookie: await signIn(url, link), ended };
}

test.each(ROUNDS)(
  'npm start: $signals to $to answer waits and end all in order',
  async ({ to, signals }) => {
    const started = await startNpm();
    const app = await prepareApp(started, site.url);
    const checkId = await trigger(started, app);
    const waiting = withKey(started, app, 'get', `/checks/${checkId}?wait=60`).then(
      ({ status }) => status,
      String,
    );
    await fetch(`${started.url}/healthz`);
    const pid = Number(started.npm.pid);
    for (const signal of signals) {
      process.kill(to === 'npm' ? pid : -pid, signal);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await waiting).toBe(200);
    const log = await started.ended;
    // The last line comes after the server and its database have ended, and nothing went wrong until then.
    expect(log.trimEnd().split('\n').at(-1)).toContain('"msg":"stopped"');
    expect(log).not.toMatch(/"level":[56]0/);
    expect(existsSync(join(folder.dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
    group = undefined;
  },
  60_000,
);
