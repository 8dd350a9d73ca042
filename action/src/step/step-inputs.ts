import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { RunInputs } from '../core/contracts.ts';
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
  quote,
} from '../inputs/input-parsers.ts';
import { findDefault, type StepFlagName, type StepInputName } from '../inputs/input-table.ts';
import { readProxy } from '../inputs/read-proxy.ts';
import { InputError, NoKeyError } from '../lib/errors.ts';
import { parseJson } from '../lib/json.ts';
import type { GitHubAccess } from './github/octokit.ts';
import { explainWithheldSecrets } from './withheld-secrets.ts';

/** The inputs of a run, and those that only a step has. */
export interface StepInputs extends RunInputs {
  /** Whether to keep a comment on the pull request up to date. */
  readonly comment: boolean;
  /** The folder for report files. */
  readonly reportFolder: string;
  readonly github: GitHubAccess;
}

export interface ReadStepInputsOptions {
  readonly environment: Environment;
  /** Called with every secret value, before anything else uses it. */
  readonly mask: (secret: string) => void;
}

/** Reads all inputs and the environment of the step. Throws an InputError that says what to correct. */
export function readStepInputs({ environment, mask }: ReadStepInputsOptions): StepInputs {
  let apiKey = '';
  const read = (name: StepInputName): string => {
    const value = environment[`INPUT_${name.toUpperCase()}`]?.trim() || findDefault(name);
    if (holdsKey(value, apiKey)) {
      throw createMisplacedKeyError(name);
    }
    return value;
  };
  const parse = <T>(name: StepInputName, parser: (value: string, subject: string) => T): T =>
    parser(read(name), nameInput(name));
  const readFlag = (name: StepFlagName): boolean => parse(name, parseBoolean);

  apiKey = read('api-key');
  if (apiKey !== '') {
    mask(apiKey);
  }
  const event = readEvent(environment);
  assertApiKey(apiKey, { event, ifNoKey: parse('if-no-key', parseIfNoKey) });
  const serverUrl = parse('server-url', parseServerUrl);

  return {
    apiKey,
    appId: parseAppId(assertNoKey(read('app-id'), mask), nameInput('app-id')),
    serverUrl,
    wait: readFlag('wait'),
    timeoutMs: parse('timeout-minutes', parseTimeout),
    failOn: parse('fail-on', parseFailOn),
    cancelOnTimeout: readFlag('cancel-on-timeout'),
    comment: readFlag('comment'),
    reportFolder: environment.RUNNER_TEMP || tmpdir(),
    proxy: readProxy(serverUrl, { environment, mask }),
    metadata: {
      appUrl: parse('app-url', parseAppUrl),
      discoverFlows: readFlag('discover-flows'),
      branch: read('branch'),
      commitSha: read('commit-sha'),
      commitMessage: read('commit-message'),
      pullRequestNumber: parse('pull-request-number', parsePullRequestNumber),
      pullRequestTitle: read('pull-request-title'),
    },
    event,
    idempotencyKey: createIdempotencyKey(environment),
    github: {
      token: parseToken(read('github-token')),
      apiUrl: environment.GITHUB_API_URL || 'https://api.github.com',
      ...splitRepository(environment.GITHUB_REPOSITORY ?? ''),
    },
  };
}

/** Splits `owner/name`; both are empty if there is no name. */
function splitRepository(name: string): { owner: string; repo: string } {
  const slash = name.indexOf('/');
  return { owner: name.slice(0, slash), repo: name.slice(slash + 1) };
}

interface KeyPolicy {
  readonly event: WorkflowEvent;
  readonly ifNoKey: 'fail' | 'skip';
}

function assertApiKey(apiKey: string, { event, ifNoKey }: KeyPolicy): void {
  if (apiKey === '') {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a workflow's expression, as it is to be written
    const advice = 'pass it with `api-key: ${{ secrets.QASSANDRA_API_KEY }}`';
    const reason =
      explainWithheldSecrets(event) ??
      `Add the key as a secret under Settings → Secrets and variables → Actions, and ${advice}. If it is passed like that already, no secret of that name is set for this repository, or for this job's environment.`;
    if (ifNoKey === 'skip') {
      throw new NoKeyError(
        `No check was triggered: the input \`api-key\` is empty, and \`if-no-key\` is \`skip\`. ${reason}`,
      );
    }
    throw new InputError(`The input \`api-key\` is empty. ${reason}`);
  }
  assertKeyForm(apiKey, nameInput('api-key'));
}

function assertNoKey(value: string, mask: (secret: string) => void): string {
  if (!looksLikeKey(value)) {
    return value;
  }
  mask(value);
  throw createMisplacedKeyError('app-id');
}

/** Any input other than `api-key` is sent and shown. */
function createMisplacedKeyError(name: StepInputName): InputError {
  return new InputError(
    `${nameInput(name)} contains an API key. Give the key as \`api-key\`, from a secret, and replace it if this workflow file is public.`,
  );
}

/** Names an input as the subject of a sentence. */
function nameInput(name: StepInputName): string {
  return `The input \`${name}\``;
}

function parseBoolean(value: string, subject: string): boolean {
  const lower = value.toLowerCase();
  if (lower !== 'true' && lower !== 'false') {
    throw new InputError(`${subject} is ${quote(value)}: it must be \`true\` or \`false\`.`);
  }
  return lower === 'true';
}

/** Other characters are not valid in a header either, and the error about that would show them. */
function parseToken(value: string): string {
  if (/^[\x21-\x7e]*$/.test(value)) {
    return value;
  }
  throw new InputError(
    `${nameInput('github-token')} holds a space, a line break or a character that no token has: copy the token again, or leave the input out, so that the token of the job is used.`,
  );
}

function readEvent(environment: Environment): WorkflowEvent {
  return {
    name: environment.GITHUB_EVENT_NAME ?? '',
    payload: readPayload(environment.GITHUB_EVENT_PATH),
    sha: environment.GITHUB_SHA ?? '',
    ref: environment.GITHUB_REF ?? '',
    headRef: environment.GITHUB_HEAD_REF ?? '',
    actor: environment.GITHUB_ACTOR ?? '',
  };
}

/** Reads the event's file. A check does not need the event, so an unreadable file counts as an empty event. */
function readPayload(path: string | undefined): unknown {
  if (path === undefined || path === '') {
    return undefined;
  }
  try {
    return parseJson(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Creates one key for all tries of this step. Run, attempt, job and step tell an operator where a trigger came from.
 * They do not identify a step: the legs of a matrix, a reusable workflow called twice and a composite action used twice
 * share them, and would get another leg's check. The UUID identifies it.
 */
function createIdempotencyKey(environment: Environment): string {
  const names = ['GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'GITHUB_JOB', 'GITHUB_ACTION'];
  const origin = names.map((name) => (environment[name] ?? '').replace(/[^\w.-]/g, '_').slice(0, 50) || '-');
  return [...origin, randomUUID()].join('/');
}
