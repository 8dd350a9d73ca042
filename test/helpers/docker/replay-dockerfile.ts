import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import {
  Copy,
  DockerfileParser,
  Env,
  From,
  Healthcheck,
  type Instruction,
  JSONInstruction,
} from 'dockerfile-ast';
import { listBuildContext } from './build-context.ts';

/** A stage after its lines were replayed: a folder in the place of its file system, and its settings. */
export interface ReplayedStage {
  root: string;
  /** Whether the folder is that of the stage that it starts from. It is copied before the first change. */
  isRootShared: boolean;
  /** The image that its first stage starts from. */
  readonly image: string;
  workdir: string;
  user: string;
  readonly env: Record<string, string>;
  /** The build arguments that it declares; those without a value are not there. */
  readonly args: Record<string, string>;
  command: readonly string[];
  healthcheck: readonly string[];
  /** The commands of RUN that are not replayed, since `apt-get` needs a network. */
  readonly unreplayed: string[];
}

export interface ReplayOptions {
  readonly dockerfile: string;
  readonly dockerignore: string;
  /** The folder of the Dockerfile. */
  readonly context: string;
  /** An empty folder that gets the stages. */
  readonly scratch: string;
  /** As of `--build-arg`. */
  readonly buildArgs?: Readonly<Record<string, string>>;
}

/**
 * Replays the `COPY` and `RUN` lines of every stage, each in a folder of its own, with the files that `.dockerignore`
 * lets through. Returns the stages in order; the last one is what `docker build` makes by default. Throws with
 * the line that fails. It does not prove what the base image contains or what `npm` and `apt-get` download.
 */
export function replayDockerfile(options: ReplayOptions): { name: string; stage: ReplayedStage }[] {
  const { dockerfile, dockerignore, context, scratch, buildArgs = {} } = options;
  const sent = join(scratch, 'context');
  for (const file of listBuildContext(context, dockerignore)) {
    cpSync(join(context, file), join(sent, file), { recursive: true });
  }
  const standIns = createStandIns(join(scratch, 'bin'));
  const path = [standIns, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
  const stages: { name: string; stage: ReplayedStage }[] = [];
  const find = (name: string) => stages.find((known) => known.name === name)?.stage;
  for (const instruction of DockerfileParser.parse(dockerfile).getInstructions()) {
    const stage = stages.at(-1)?.stage;
    if (instruction instanceof From) {
      const image = instruction.getImage() ?? '';
      const name = instruction.getBuildStage() ?? String(stages.length);
      stages.push({ name, stage: startStage(image, { scratch, base: find(image) }) });
    } else if (!stage) {
      throw new Error(`There is no FROM before: ${instruction}`);
    } else {
      replayLine(instruction, stage, { scratch, sent, find, path, buildArgs });
    }
  }
  return stages;
}

interface Surroundings {
  readonly scratch: string;
  /** The folder with what `.dockerignore` lets through. */
  readonly sent: string;
  readonly find: (stage: string) => ReplayedStage | undefined;
  readonly path: string;
  readonly buildArgs: Readonly<Record<string, string>>;
}

function replayLine(instruction: Instruction, stage: ReplayedStage, surroundings: Surroundings): void {
  const { scratch, sent, find, path, buildArgs } = surroundings;
  if (instruction instanceof Copy) {
    const from = instruction.getFromFlag()?.getValue();
    ownRoot(stage, scratch);
    copyFiles(instruction, { stage, source: from ? find(from)?.root : sent });
  } else if (instruction.getKeyword() === 'RUN') {
    const command = instruction.getArgumentsContent() ?? '';
    if (/\bapt-get\b/.test(command)) {
      stage.unreplayed.push(command);
    } else {
      ownRoot(stage, scratch);
      runCommand(command, stage, path);
    }
  } else if (instruction.getKeyword() === 'ARG') {
    const [name = '', value] = (instruction.getArgumentsContent() ?? '').split('=');
    Object.assign(stage.args, { [name]: buildArgs[name] ?? value ?? '' });
  } else {
    applySetting(instruction, stage);
  }
}

function startStage(
  image: string,
  { scratch, base }: { scratch: string; base: ReplayedStage | undefined },
): ReplayedStage {
  if (base) {
    return {
      ...base,
      isRootShared: true,
      env: { ...base.env },
      args: {},
      unreplayed: [...base.unreplayed],
    };
  }
  const root = mkdtempSync(join(scratch, 'stage-'));
  return {
    root,
    isRootShared: false,
    image,
    workdir: '/',
    user: '0',
    env: {},
    args: {},
    command: [],
    healthcheck: [],
    unreplayed: [],
  };
}

/** Creates a folder for the stage, with everything from the stage that it starts from. */
function ownRoot(stage: ReplayedStage, scratch: string): void {
  if (stage.isRootShared) {
    const root = mkdtempSync(join(scratch, 'stage-'));
    cpSync(stage.root, root, { recursive: true, verbatimSymlinks: true });
    stage.root = root;
    stage.isRootShared = false;
  }
}

function copyFiles(
  instruction: Copy,
  { stage, source }: { stage: ReplayedStage; source: string | undefined },
): void {
  const paths = instruction.getArguments().map((argument) => argument.getValue());
  const target = paths.pop();
  if (source === undefined || target === undefined) {
    throw new Error(`There is no such stage: ${instruction}`);
  }
  const place = join(stage.root, target.startsWith('/') ? '' : stage.workdir, target);
  for (const path of paths) {
    const from = join(source, path);
    if (!existsSync(from)) {
      throw new Error(`"${path}" is not found, or .dockerignore leaves it out: ${instruction}`);
    }
    // For a folder, copies its contents. A file goes into a folder only if the target ends with a slash.
    const isWithin = !statSync(from).isDirectory() && target.endsWith('/');
    cpSync(from, isWithin ? join(place, basename(path)) : place, { recursive: true, verbatimSymlinks: true });
  }
}

function runCommand(command: string, stage: ReplayedStage, path: string): void {
  const env = Object.entries(stage.env).map(([name, value]) => [
    name,
    // A path of the image is one within the stage's folder.
    value.startsWith('/') ? join(stage.root, value) : value,
  ]);
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
    cwd: join(stage.root, stage.workdir),
    env: { ...stage.args, ...Object.fromEntries(env), PATH: path },
    encoding: 'utf8',
  });
  if (status !== 0) {
    throw new Error(`"RUN ${command}" ended with ${status}:\n${stdout}${stderr}`);
  }
}

function applySetting(instruction: Instruction, stage: ReplayedStage): void {
  const value = instruction.getArgumentsContent() ?? '';
  switch (instruction.getKeyword()) {
    case 'WORKDIR':
      stage.workdir = value;
      mkdirSync(join(stage.root, value), { recursive: true });
      break;
    case 'USER':
      stage.user = value;
      break;
    case 'ENV':
      Object.assign(stage.env, readEnv(instruction));
      break;
    case 'CMD':
      stage.command = readJsonStrings(instruction);
      break;
    case 'HEALTHCHECK':
      stage.healthcheck = readHealthcheck(instruction);
      break;
    case 'EXPOSE':
      break;
    default:
      throw new Error(`This is not replayed, so add it to replay-dockerfile.ts: ${instruction}`);
  }
}

function readEnv(instruction: Instruction): Record<string, string> {
  const properties = instruction instanceof Env ? instruction.getProperties() : [];
  return Object.fromEntries(properties.map((property) => [property.getName(), property.getValue() ?? '']));
}

function readJsonStrings(instruction: Instruction): string[] {
  const strings = instruction instanceof JSONInstruction ? instruction.getJSONStrings() : [];
  return strings.map((string): string => JSON.parse(string.getValue()));
}

function readHealthcheck(instruction: Instruction): string[] {
  const content = instruction instanceof Healthcheck ? (instruction.getRawArgumentsContent() ?? '') : '';
  return JSON.parse(content.slice(content.indexOf('CMD') + 'CMD'.length));
}

/** A folder with an `npm` that needs no network. */
function createStandIns(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'npm');
  const standIn = join(import.meta.dirname, 'npm-stand-in.ts');
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${standIn}' "$@"\n`);
  chmodSync(file, 0o755);
  return folder;
}
