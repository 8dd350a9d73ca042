import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Scenario } from './action-scenario.ts';
import { COMMAND_BUNDLE } from './build-command.ts';

export interface CommandOptions {
  readonly args: readonly string[];
  /** Its whole environment except PATH: nothing of this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it runs in a terminal: then `stdout` also has what it prints to stderr. */
  readonly inTerminal?: boolean;
}

/** The results of a run of the command. */
export interface CommandRecord {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The contents of `report.json` and `junit.xml` in its working directory; empty if there is none. */
  readonly reportFile: string;
  readonly junitFile: string;
}

export interface CommandProcess {
  readonly ended: Promise<CommandRecord>;
  /** Its working directory. */
  readonly folder: string;
  kill(signal: NodeJS.Signals): void;
  /** Types text; in a terminal only. */
  type(text: string): void;
}

/** The bundle, or the sources for the coverage. */
const ENTRY =
  process.env.ACTION_ENTRY === 'source'
    ? join(import.meta.dirname, '..', '..', '..', 'action', 'src', 'command', 'cli.ts')
    : COMMAND_BUNDLE;

/** util-linux's `script` makes a pseudo-terminal. */
export const hasTerminal =
  spawnSync('script', ['--version']).stdout?.toString().includes('util-linux') === true;

export async function startCommand(options: CommandOptions): Promise<CommandProcess> {
  const { args, env = {}, inTerminal = false } = options;
  const folder = await mkdtemp(join(tmpdir(), 'qassandra-command-'));
  const words = [process.execPath, ENTRY, ...args];
  const [program = '', ...rest] = inTerminal
    ? [
        'script',
        '--quiet',
        '--return',
        '--command',
        `exec ${words.map(quoteForShell).join(' ')}`,
        '/dev/null',
      ]
    : words;
  const child = spawn(program, rest, {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      SHELL: '/bin/sh',
      NODE_V8_COVERAGE: process.env.ACTION_COVERAGE,
      ...(inTerminal && { TERM: 'xterm-256color' }),
      ...env,
    },
    stdio: [inTerminal ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const closed = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  const finish = async (): Promise<CommandRecord> => {
    const exitCode = await closed;
    const reportFile = await readText(join(folder, 'report.json'));
    const junitFile = await readText(join(folder, 'junit.xml'));
    await rm(folder, { recursive: true });
    return { exitCode, stdout: stdout.join(''), stderr: stderr.join(''), reportFile, junitFile };
  };
  return {
    ended: finish(),
    folder,
    kill: (signal) => child.kill(signal),
    type: (text) => child.stdin?.write(text),
  };
}

export async function runCommand(options: CommandOptions): Promise<CommandRecord> {
  return await (await startCommand(options)).ended;
}

/** Starts `qassandra check` for a scenario's app. */
export function startCheck(
  scenario: Scenario,
  { args = [], env = {}, ...options }: Partial<CommandOptions> = {},
): Promise<CommandProcess> {
  return startCommand({
    ...options,
    args: ['check', '--app', scenario.app.id, '--server', scenario.proxy.url, ...args],
    env: { QASSANDRA_API_KEY: scenario.app.apiKey, ...env },
  });
}

/** Runs the command to its end, and checks that its record contains no key. */
export async function runCheck(
  scenario: Scenario,
  options: Partial<CommandOptions> = {},
): Promise<CommandRecord> {
  const record = await (await startCheck(scenario, options)).ended;
  expect(JSON.stringify(record)).not.toContain(scenario.app.apiKey);
  return record;
}

function quoteForShell(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function collect(stream: NodeJS.ReadableStream | null): string[] {
  const parts: string[] = [];
  stream?.setEncoding('utf8');
  stream?.on('data', (part: string) => parts.push(part));
  return parts;
}

async function readText(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '');
}
