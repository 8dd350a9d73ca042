import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ACTION = join(import.meta.dirname, '..', '..', '..', 'action');

export const BUNDLE_FOLDER = join(ACTION, 'dist');

/** GitHub runs the bundle. The sources only run for the coverage. */
const ENTRY =
  process.env.ACTION_ENTRY === 'source'
    ? join(ACTION, 'src', 'step', 'index.ts')
    : join(BUNDLE_FOLDER, 'index.js');

export interface ActionOptions {
  /** By the names of action.yml. Sets only the given inputs: the action's own defaults are under test. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly event?: { readonly name: string; readonly payload: unknown };
  /** Added to what a runner sets for a push to main. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called with the output as it is printed. */
  readonly onOutput?: (text: string) => void;
  /** The step's saved state: then this process is its post step. */
  readonly state?: Readonly<Record<string, string>>;
  /** Another bundle than the committed one, for example a copy. */
  readonly entry?: string;
}

/** The results of a run of the action. */
export interface ActionRecord {
  readonly exitCode: number | null;
  /** Without the line that registers the mask, the only place where the key must be. */
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** The contents of the files that the outputs name; empty if there is none. */
  readonly reports: { readonly json: string; readonly junit: string };
  /** The state for the post step, with the key. Not enumerable, so that it is never printed. */
  readonly state: Readonly<Record<string, string>>;
  /** The messages of `::error::` lines, decoded. */
  readonly errors: string[];
  readonly warnings: string[];
  readonly notices: string[];
  /** The messages of `::debug::` lines. */
  readonly debug: string[];
  /** Whether the runner was told to mask this text. A function, so that no copy of a record contains a key. */
  isMasked(text: string): boolean;
}

export interface ActionProcess {
  readonly ended: Promise<ActionRecord>;
  /** Resolves as soon as the output matches. */
  printed(pattern: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Runs the built bundle to its end, as a runner does. */
export async function runAction(options: ActionOptions): Promise<ActionRecord> {
  return await (await startAction(options)).ended;
}

/** Starts the built bundle in its own process, without this process's environment. */
export async function startAction(options: ActionOptions): Promise<ActionProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'qassandra-action-'));
  const files = {
    event: join(folder, 'event.json'),
    output: join(folder, 'output'),
    summary: join(folder, 'summary'),
    state: join(folder, 'state'),
  };
  await writeFile(files.event, JSON.stringify(options.event?.payload ?? {}));
  await writeFile(files.output, '');
  await writeFile(files.summary, '');
  await writeFile(files.state, '');

  const child = spawn(process.execPath, [options.entry ?? ENTRY], {
    cwd: folder,
    env: createEnvironment(options, files),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout = collect(child.stdout);
  if (options.onOutput) {
    child.stdout.on('data', options.onOutput);
  }
  const stderr = collect(child.stderr);
  const closed = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  const finish = async (): Promise<ActionRecord> => {
    const exitCode = await closed;
    const output = await readFile(files.output, 'utf8');
    const summary = await readFile(files.summary, 'utf8');
    const state = parseOutputs(await readFile(files.state, 'utf8'));
    const outputs = parseOutputs(output);
    const reports = {
      json: await readReport(outputs['report-file']),
      junit: await readReport(outputs['junit-file']),
    };
    await rm(folder, { recursive: true });
    const all = stdout.join('').split('\n');
    const masks = readCommands(all, 'add-mask');
    const lines = all.filter((line) => !line.startsWith('::add-mask::'));
    const record: ActionRecord = {
      exitCode,
      stdout: lines.join('\n'),
      stderr: stderr.join(''),
      outputs,
      summary,
      reports,
      state,
      errors: readCommands(lines, 'error'),
      warnings: readCommands(lines, 'warning'),
      notices: readCommands(lines, 'notice'),
      debug: readCommands(lines, 'debug'),
      isMasked: (text) => masks.includes(text),
    };
    return Object.defineProperty(record, 'state', { enumerable: false });
  };
  const printed = (pattern: RegExp): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (pattern.test(stdout.join(''))) {
          resolve();
        }
      };
      child.stdout.on('data', check);
      check();
    });
  return { ended: finish(), printed, kill: (signal) => child.kill(signal) };
}

function createEnvironment(
  { inputs, event, state = {}, env = {} }: ActionOptions,
  files: { event: string; output: string; summary: string; state: string },
): Record<string, string | undefined> {
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const left = Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]);
  return {
    PATH: process.env.PATH,
    NODE_V8_COVERAGE: process.env.ACTION_COVERAGE,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: '__qassandra',
    GITHUB_ACTOR: 'octocat',
    GITHUB_EVENT_NAME: event?.name ?? 'push',
    GITHUB_EVENT_PATH: files.event,
    GITHUB_JOB: 'check',
    GITHUB_OUTPUT: files.output,
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REPOSITORY: 'octo-org/shop',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: '1658821493',
    GITHUB_SHA: 'ffac537e6cbbf934b08745a378932722df287a53',
    GITHUB_STATE: files.state,
    GITHUB_STEP_SUMMARY: files.summary,
    RUNNER_TEMP: dirname(files.state),
    ...Object.fromEntries(given),
    ...Object.fromEntries(left),
    ...env,
  };
}

async function readReport(path: string | undefined): Promise<string> {
  return path ? await readFile(path, 'utf8') : '';
}

function collect(stream: NodeJS.ReadableStream): string[] {
  const parts: string[] = [];
  stream.setEncoding('utf8');
  stream.on('data', (part: string) => parts.push(part));
  return parts;
}

/** Parses the file of `core.setOutput`: `name<<DELIMITER`, lines, `DELIMITER`. */
function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const match of text.matchAll(/^([\w-]+)<<(\S+)\r?\n([\s\S]*?)\r?\n\2\r?$/gm)) {
    const [, name = '', , value = ''] = match;
    outputs[name] = value;
  }
  return outputs;
}

function readCommands(lines: readonly string[], command: string): string[] {
  const form = new RegExp(`^::${command}(?: [^:]*)?::(.*)$`);
  return lines
    .map((line) => form.exec(line)?.[1])
    .filter((message) => message !== undefined)
    .map((message) => message.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%'));
}

/** The end of every failure message, except for a failed check. */
export const HELP = ' Help: https://github.com/qassandra/qassandra/blob/main/docs/action.md#how-a-step-ends';
