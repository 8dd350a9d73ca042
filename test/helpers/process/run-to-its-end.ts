import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from '@jest/globals';

const SERVER = join(import.meta.dirname, '..', '..', '..', 'server');

export interface ProgramOptions {
  /** Its whole environment except PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Its file in `server/`; by default that of the server. */
  readonly program?: string;
  /** Node's own options. */
  readonly nodeOptions?: readonly string[];
  /** Words before the command, such as a program that runs it in another way. */
  readonly runAs?: readonly string[];
  readonly cwd?: string;
}

export interface EndedProgram {
  readonly code: number | null;
  /** What it printed on both streams. */
  readonly output: string;
}

/** Runs a program of the server in its own process until it ends by itself. */
export async function runToItsEnd({
  env,
  args = [],
  program = 'main.ts',
  nodeOptions = [],
  runAs = [],
  cwd,
}: ProgramOptions): Promise<EndedProgram> {
  const words = [...runAs, process.execPath, ...nodeOptions, join(SERVER, program), ...args];
  const [command = '', ...rest] = words;
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(command, rest, {
    cwd,
    env: { PATH, NODE_COMPILE_CACHE, LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [[code], printed, complained] = await Promise.all([
    once(child, 'close'),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, output: printed + complained };
}

/** The end of a program that a person can mend: one or two lines, no stack, and the exit code 1. Returns the lines. */
export function expectExplained({ code, output }: EndedProgram): string {
  expect(code).toBe(1);
  expect(output).not.toMatch(/^\s+at /m);
  expect(output.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  return output;
}
