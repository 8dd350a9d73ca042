import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright-core';

/** A browser to start, and the variables that it needs. */
export interface FoundBrowser {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

const ROOT = join(import.meta.dirname, '..', '..', '..');
const WINDOWS_PROGRAMS = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'];
const PLACES = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium-browser',
  '/usr/bin/microsoft-edge',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ...WINDOWS_PROGRAMS.flatMap((name) => [
    `${process.env[name]}\\Google\\Chrome\\Application\\chrome.exe`,
    `${process.env[name]}\\Microsoft\\Edge\\Application\\msedge.exe`,
  ]),
];

/**
 * Finds the browser of the tests: that of `CHROMIUM_PATH`; else, on Linux x64, the Chromium that `npm ci` brings; else
 * an installed one. Throws an error that says how to get one.
 */
export function findBrowser(): FoundBrowser {
  const { CHROMIUM_PATH: given } = process.env;
  if (given !== undefined) {
    if (!existsSync(given)) {
      throw new Error(`CHROMIUM_PATH is ${given}, and there is no such file.`);
    }
    return { executablePath: given, env: {} };
  }
  if (process.platform === 'linux' && process.arch === 'x64') {
    return unpackOwnBrowser();
  }
  const executablePath = [...PLACES, chromium.executablePath()].find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error(
      'There is no Chrome, Edge or Chromium here to test the dashboard with. Install one with "npx playwright-core install chromium", or set CHROMIUM_PATH.',
    );
  }
  return { executablePath, env: {} };
}

/** Unpacks the browser before the tests run, so that they do not wait for it. Without a browser, the tests say so. */
export function prepareBrowser(): void {
  try {
    findBrowser();
  } catch {
    // Tests that need no browser run without one.
  }
}

/** Unpacks the package's Chromium the first time, which takes about 3 s, and brings its libraries and fonts along. */
function unpackOwnBrowser(): FoundBrowser {
  const folder = join(findUnpackFolder(), `qassandra-chromium-${readPackageVersion()}`);
  if (!existsSync(folder)) {
    const program = join(import.meta.dirname, 'unpack-chromium.ts');
    const { status } = spawnSync(process.execPath, [program, folder], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) {
      throw new Error(`The Chromium of @sparticuz/chromium could not be unpacked into ${folder}.`);
    }
  }
  assertOurs(folder);
  return {
    executablePath: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_FILE: join(folder, 'fonts.conf') },
  };
}

/**
 * As root, another user runs the browser: it must be able to enter the folder, which a clone in /root does not allow.
 */
function findUnpackFolder(): string {
  if (process.getuid?.() === 0) {
    return tmpdir();
  }
  const folder = join(ROOT, 'node_modules', '.cache');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Another user could have put a program of theirs at this place. */
function assertOurs(folder: string): void {
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) {
    throw new Error(`${folder} is another user's, or others may write there. Remove it.`);
  }
}

function readPackageVersion(): string {
  const main = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(dirname(main), '..', 'package.json'), 'utf8'),
  );
  return version;
}
