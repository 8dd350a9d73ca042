import { randomUUID } from 'node:crypto';
import type { RunInputs } from '../core/contracts.ts';
import { withFacts } from '../core/metadata/trigger-metadata.ts';
import type { WorkflowEvent } from '../core/metadata/workflow-event.ts';
import {
  assertKeyForm,
  type Environment,
  holdsKey,
  looksLikeKey,
  parseAppId,
  parseAppUrl,
  parseFailOn,
  parseIfNoKey,
  parsePullRequestNumber,
  parseServerUrl,
  parseTimeout,
} from '../inputs/input-parsers.ts';
import {
  type CommandFlagName,
  type CommandInputName,
  findDefault,
  INPUT_TABLE,
} from '../inputs/input-table.ts';
import { readProxy } from '../inputs/read-proxy.ts';
import { InputError, NoKeyError } from '../lib/errors.ts';
import { type CiEnvironment, readCiEnvironment } from './ci-environment.ts';
import { type OptionName, type ParsedOptions, parseCommandOptions } from './command-options.ts';
import type { RequestedReportPaths } from './requested-report-files.ts';

/** The inputs of a run, and those that only the command has. */
export interface CommandInputs extends RunInputs, RequestedReportPaths {}

export interface ReadCommandInputsOptions {
  readonly args: readonly string[];
  readonly environment: Environment;
  /** Called with the paths of the reports before anything else is read, since reading may end the command. */
  readonly prepareReports: (paths: RequestedReportPaths) => void;
  /** Called with every secret value, before anything else uses it. */
  readonly mask: (secret: string) => void;
}

/** An empty event: other CI systems describe the commit in their variables. */
const NO_EVENT: WorkflowEvent = { name: '', payload: undefined, sha: '', ref: '', headRef: '', actor: '' };

/** What the user asked for: a check, or a text to print. */
export type Command = 'help' | 'version' | 'nothing' | CommandInputs;

/** Reads all arguments and the environment of the command. Throws an InputError that says what to correct. */
export function readCommandInputs({
  args,
  environment,
  mask,
  prepareReports,
}: ReadCommandInputsOptions): Command {
  const apiKey = readApiKey(environment);
  if (apiKey !== '') {
    mask(apiKey);
  }
  if (args.length === 0) {
    return 'nothing';
  }
  const options = parseCommandOptions(args);
  if (options.values.has('help')) {
    return 'help';
  }
  if (options.values.has('version')) {
    return 'version';
  }
  if (options.command === undefined) {
    throw new InputError('Nothing was checked: the command is missing. Write `qassandra check --app …`.');
  }
  return readCheckInputs(options, { environment, apiKey, mask, prepareReports });
}

/** Azure leaves the name of a variable that does not exist: `$(QASSANDRA_API_KEY)` is not a key. */
function readApiKey(environment: Environment): string {
  const value = environment.QASSANDRA_API_KEY?.trim() ?? '';
  return /^\$\(\w+\)$/.test(value) ? '' : value;
}

interface Surroundings extends Omit<ReadCommandInputsOptions, 'args'> {
  readonly apiKey: string;
}

function readCheckInputs({ values }: ParsedOptions, surroundings: Surroundings): CommandInputs {
  const { environment, apiKey, mask } = surroundings;
  const read = (name: CommandInputName): string => {
    const { option } = INPUT_TABLE[name];
    const value = values.get(option) || findDefault(name);
    if (holdsKey(value, apiKey)) {
      throw createMisplacedKeyError(option);
    }
    return value;
  };
  const parse = <T>(name: CommandInputName, parser: (value: string, subject: string) => T): T =>
    parser(read(name), `\`--${INPUT_TABLE[name].option}\``);
  const readFlag = (name: CommandFlagName): boolean =>
    values.has(INPUT_TABLE[name].option) !== (findDefault(name) === 'true');

  const reports = { reportFile: read('report-file'), junitFile: read('junit-file') };
  surroundings.prepareReports(reports);
  assertAppUrl(values.get('app-url'));
  const ci = readCiEnvironment(environment);
  const appId = readAppId(read('app-id'));
  assertApiKey(apiKey, { ci, ifNoKey: parse('if-no-key', parseIfNoKey) });
  const serverUrl = values.get('server') ? parse('server-url', parseServerUrl) : readServerUrl(environment);
  return {
    apiKey,
    appId,
    serverUrl,
    wait: readFlag('wait'),
    timeoutMs: parse('timeout-minutes', parseTimeout),
    failOn: parse('fail-on', parseFailOn),
    cancelOnTimeout: readFlag('cancel-on-timeout'),
    proxy: readProxy(serverUrl, { environment, mask }),
    metadata: withFacts(
      {
        appUrl: parse('app-url', parseAppUrl),
        discoverFlows: readFlag('discover-flows'),
        branch: read('branch'),
        commitSha: read('commit-sha'),
        commitMessage: read('commit-message'),
        pullRequestNumber: parse('pull-request-number', parsePullRequestNumber),
        pullRequestTitle: read('pull-request-title'),
      },
      ci.facts,
    ),
    event: NO_EVENT,
    idempotencyKey: randomUUID(),
    ...reports,
  };
}

/**
 * An empty option may come from an empty variable: a check of the app's own URL would then pass, however broken the
 * preview is.
 */
function assertAppUrl(value: string | undefined): void {
  if (value !== '') {
    return;
  }
  throw new InputError(
    "`--app-url` is empty: give the URL to test, or leave the option out to test the app's own URL.",
  );
}

/** Other users can see any option, and most options are sent as well. */
function createMisplacedKeyError(name: OptionName): InputError {
  return new InputError(
    `\`--${name}\` contains an API key, and every process on the machine can read arguments. Put the key into the environment variable QASSANDRA_API_KEY, and replace it if others could see it.`,
  );
}

function readAppId(value: string): string {
  if (looksLikeKey(value)) {
    throw createMisplacedKeyError('app');
  }
  if (value === '') {
    throw new InputError(
      '`--app` is missing: name the app by its UUID or alias, as its page on the dashboard shows them, for example `qassandra check --app shop`.',
    );
  }
  return parseAppId(value, '`--app`');
}

/** Reads the address if `--server` does not name one. */
function readServerUrl(environment: Environment): string {
  const value = environment.QASSANDRA_SERVER_URL?.trim() || findDefault('server-url');
  return parseServerUrl(value, 'QASSANDRA_SERVER_URL');
}

interface KeyPolicy {
  readonly ci: CiEnvironment;
  readonly ifNoKey: 'fail' | 'skip';
}

function assertApiKey(apiKey: string, { ci, ifNoKey }: KeyPolicy): void {
  if (apiKey !== '') {
    assertKeyForm(apiKey, 'QASSANDRA_API_KEY');
    return;
  }
  if (ifNoKey === 'skip') {
    throw new NoKeyError(
      `No check was triggered: QASSANDRA_API_KEY is empty, and \`--if-no-key\` is \`skip\`. ${ci.keyAdvice}`,
    );
  }
  throw new InputError(
    `QASSANDRA_API_KEY is empty, so there is no key to trigger a check with. ${ci.keyAdvice}`,
  );
}
