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
import { readProxies } from '../inputs/read-proxies.ts';
import { InputError, NoKeyError } from '../lib/errors.ts';
import { parseJson } from '../lib/json.ts';
import type { GitHubAccess } from './github/octokit.ts';
import { explainWithheldSecrets } from './withheld-secrets.ts';

/** What else a step of a workflow depends on. */
export interface StepInputs extends RunInputs {
  /** Whether to keep a comment on the pull request up to date. */
  readonly comment: boolean;
  /** Where report files go. */
  readonly reportFolder: string;
  readonly github: GitHubAccess;
}

export interface ReadStepInputsOptions {
  readonly environment: Environment;
  /** Called with every value that must not be seen, before anything else is done with it. */
  readonly mask: (secret: string) => void;
}

/** The only reader of inputs and environment. Throws an InputError that says what to correct. */
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

  return {
    apiKey,
    appId: parseAppId(assertNoKey(read('app-id'), mask), nameInput('app-id')),
    serverUrl: parse('server-url', parseServerUrl),
    wait: readFlag('wait'),
    timeoutMs: parse('timeout-minutes', parseTimeout),
    failOn: parse('fail-on', parseFailOn),
    cancelOnTimeout: readFlag('cancel-on-timeout'),
    comment: readFlag('comment'),
    reportFolder: environment.RUNNER_TEMP || tmpdir(),
    proxy: readProxies(environment, mask),
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

/** `owner/name`; both are empty where there is none. */
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

/** Any other input is sent on, and shown. */
function createMisplacedKeyError(name: StepInputName): InputError {
  return new InputError(
    `${nameInput(name)} holds an API key: give the key as \`api-key\`, from a secret, and replace it if this workflow file is public.`,
  );
}

/** As the subject of a sentence. */
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

/** What is no token could not be a header's value either, and would be shown in the error that says so. */
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

/** A check can do without what the event says of the commit, so a file that cannot be read is an empty event. */
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
 * One key for all tries of this step. Run, attempt, job and step tell an operator where a trigger came from;
 * they are no identity, since the legs of a matrix, a reusable workflow called twice and a composite action
 * used twice have them all in common, and would be answered with another leg's check, green or not. The UUID is.
 */
function createIdempotencyKey(environment: Environment): string {
  const names = ['GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'GITHUB_JOB', 'GITHUB_ACTION'];
  const origin = names.map((name) => (environment[name] ?? '').replace(/[^\w.-]/g, '_').slice(0, 50) || '-');
  return [...origin, randomUUID()].join('/');
}
