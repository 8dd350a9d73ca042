import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseFileCommands, parseLine, type WorkflowCommand } from './runner-protocol.ts';

/**
 * A simulation of GitHub's runner as an action of Node.js sees it. Written from GitHub's documentation, for any action:
 * reads everything about the step from `action.yml`. Shares nothing with `action-process.ts`, so that it finds that
 * one's mistakes.
 */

const manifestSchema = z.object({
  inputs: z.record(z.string(), z.object({ default: z.string().default('') })),
  outputs: z.record(z.string(), z.unknown()),
  runs: z.object({
    using: z.literal('node24'),
    main: z.string(),
    post: z.string(),
    'post-if': z.string(),
  }),
});

export interface JobOptions {
  /** The folder of `action.yml`. */
  readonly action: string;
  readonly with: Readonly<Record<string, string>>;
  readonly event: { readonly name: string; readonly payload: unknown };
  /** The values of `${{ github.token }}` and `${{ github.api_url }}`. */
  readonly github: { readonly token: string; readonly apiUrl: string };
}

export interface StepRecord {
  readonly outcome: 'success' | 'failure';
  readonly outputs: Readonly<Record<string, string>>;
  /** Outputs and inputs that action.yml does not declare. */
  readonly undeclared: string[];
  /** The job's log as its readers see it: secrets are masked, and commands carried out. */
  readonly log: string[];
  readonly commands: WorkflowCommand[];
  /** Markdown; the runner drops it above 1 MiB. */
  readonly summary: string;
  readonly state: Readonly<Record<string, string>>;
}

export interface RunningStep {
  readonly ended: Promise<StepRecord>;
  kill(signal: NodeJS.Signals): void;
}

export interface Job {
  start(): Promise<RunningStep>;
  /** The post step, if `post-if` lets it run after this end of the job. */
  startPost(main: StepRecord, options: { isCancelled: boolean }): Promise<RunningStep | undefined>;
  close(): Promise<void>;
}

/** Runs a job of one step. */
export async function startJob(options: JobOptions): Promise<Job> {
  const { action, event } = options;
  const manifest = manifestSchema.parse(parse(await readFile(join(action, 'action.yml'), 'utf8')));
  const folder = await mkdtemp(join(tmpdir(), 'qassandra-job-'));
  const temp = join(folder, '_temp');
  await mkdir(temp);
  await writeFile(join(folder, 'event.json'), JSON.stringify(event.payload));
  const github = {
    token: options.github.token,
    api_url: options.github.apiUrl,
    event_name: event.name,
    event: event.payload,
  };

  const unknown = Object.keys(options.with).filter((name) => !(name in manifest.inputs));
  const inputs = Object.entries(manifest.inputs).map(([name, input]) => {
    const value = input.default.replace(/\$\{\{(.+?)\}\}/g, (_, text: string) => evaluate(text, { github }));
    return [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, options.with[name] ?? value];
  });
  const startStep = async (script: string, state: StepRecord['state']): Promise<RunningStep> => {
    const files = await mkdtemp(join(temp, '_runner_file_commands-'));
    const paths = Object.fromEntries(
      ['OUTPUT', 'STATE', 'STEP_SUMMARY', 'ENV', 'PATH'].map((name) => [`GITHUB_${name}`, join(files, name)]),
    );
    await Promise.all(Object.values(paths).map((path) => writeFile(path, '')));
    const child = spawn(process.execPath, [join(action, script)], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_API_URL: github.api_url,
        GITHUB_EVENT_NAME: event.name,
        GITHUB_EVENT_PATH: join(folder, 'event.json'),
        GITHUB_REPOSITORY: 'octo-org/shop',
        GITHUB_WORKSPACE: folder,
        RUNNER_TEMP: temp,
        RUNNER_OS: 'Linux',
        ...paths,
        ...Object.fromEntries(inputs),
        ...Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])),
      },
    });
    const ended = follow(child).then(async ({ exitCode, log, commands }): Promise<StepRecord> => {
      const outputs = parseFileCommands(await readFile(join(files, 'OUTPUT'), 'utf8'));
      return {
        outcome: exitCode === 0 ? 'success' : 'failure',
        outputs,
        undeclared: [...unknown, ...Object.keys(outputs).filter((name) => !(name in manifest.outputs))],
        log,
        commands,
        summary: await readFile(join(files, 'STEP_SUMMARY'), 'utf8'),
        state: parseFileCommands(await readFile(join(files, 'STATE'), 'utf8')),
      };
    });
    return { ended, kill: (signal) => child.kill(signal) };
  };
  return {
    start: () => startStep(manifest.runs.main, {}),
    async startPost({ outcome, state }, { isCancelled }) {
      const status = isCancelled ? 'cancelled' : outcome;
      if (evaluate(manifest.runs['post-if'], { github }, status) !== 'true') {
        return undefined;
      }
      return await startStep(manifest.runs.post, state);
    },
    close: () => rm(folder, { recursive: true }),
  };
}

/** Evaluates with GitHub's own library; the runner provides the functions about the job's status. */
function evaluate(text: string, contexts: Readonly<Record<string, unknown>>, status = 'success'): string {
  const functions = Object.entries({
    always: true,
    success: status === 'success',
    failure: status === 'failure',
    cancelled: status === 'cancelled',
  }).map(([name, value]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  }));
  const { tokens } = new Lexer(text.trim()).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), functions).parse();
  const context = JSON.parse(JSON.stringify(contexts), data.reviver);
  const known = new Map(functions.map((known) => [known.name, known]));
  return new Evaluator(parsed, context, known).evaluate().coerceString();
}

/** Carries out the output, line by line, until it ends. */
async function follow(child: ChildProcess) {
  const log: string[] = [];
  const commands: WorkflowCommand[] = [];
  const secrets: string[] = [];
  const take = (line: string): void => {
    const command = parseLine(line);
    if (command?.name === 'add-mask') {
      secrets.push(command.data);
      return;
    }
    if (command !== undefined) {
      commands.push(command);
    }
    const shown = command === undefined ? line : `##[${command.name}]${command.data}`;
    log.push(secrets.reduce((text, secret) => text.replaceAll(secret, '***'), shown));
  };
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) {
      createInterface(stream).on('line', take);
    }
  }
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exitCode, log, commands };
}
