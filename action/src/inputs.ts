import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isApiKey } from '../../server/auth/api-key-form.ts';
import type { Conclusion } from '../../server/checks/schema.ts';
import { CONCLUSIONS } from './answers.ts';
import { InputError, NoKeyError } from './errors.ts';
import { parseJson } from './json.ts';
import { toLogText } from './text.ts';
import type { MetadataInputs } from './trigger-metadata.ts';
import { explainWithheldSecrets, type WorkflowEvent } from './workflow-event.ts';

/** All that a run depends on. */
export interface RunInputs {
  readonly apiKey: string;
  readonly appId: string;
  /** Without a slash at the end. */
  readonly serverUrl: string;
  readonly wait: boolean;
  readonly timeoutMs: number;
  readonly failOn: readonly Conclusion[];
  readonly cancelOnTimeout: boolean;
  /** Whether to keep a comment on the pull request up to date. */
  readonly comment: boolean;
  /** Where report files go. */
  readonly reportFolder: string;
  readonly proxy: ProxyEnvironment;
  readonly metadata: MetadataInputs;
  readonly event: WorkflowEvent;
  readonly idempotencyKey: string;
  readonly github: GitHubAccess;
}

/** The variables that name a proxy, as far as they are set; in the form that Node's agents take. */
export type ProxyEnvironment = Readonly<Record<string, string>>;

/** How to ask GitHub for what the event does not say. */
export interface GitHubAccess {
  readonly token: string;
  readonly apiUrl: string;
  /** `owner/name` */
  readonly repository: string;
}

/** As in action.yml, where a person reads them; they are here too for inputs that are given and empty. */
const DEFAULTS: Readonly<Record<string, string>> = {
  'server-url': 'https://qassandra.com',
  'discover-flows': 'false',
  wait: 'true',
  'timeout-minutes': '15',
  'fail-on': 'failure,error,cancelled',
  comment: 'false',
  'cancel-on-timeout': 'true',
  'if-no-key': 'fail',
};

/** The longest a job may run is five days. */
const LONGEST_TIMEOUT_MINUTES = 5 * 24 * 60;

export interface ReadInputsOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Called with every value that must not be seen, before anything else is done with it. */
  readonly mask: (secret: string) => void;
}

/** The only reader of inputs and environment. Throws an InputError that says what to correct. */
export function readInputs({ environment, mask }: ReadInputsOptions): RunInputs {
  const read = (name: string): string =>
    environment[`INPUT_${name.toUpperCase()}`]?.trim() || (DEFAULTS[name] ?? '');
  const apiKey = read('api-key');
  if (apiKey !== '') mask(apiKey);
  const event = readEvent(environment);
  assertApiKey(apiKey, { event, ifNoKey: parseIfNoKey(read('if-no-key')) });

  return {
    apiKey,
    appId: parseAppId(read('app-id'), mask),
    serverUrl: parseHttpUrl('server-url', read('server-url')).replace(/\/+$/, ''),
    wait: parseBoolean('wait', read('wait')),
    timeoutMs: parseTimeout(read('timeout-minutes')),
    failOn: parseFailOn(read('fail-on')),
    cancelOnTimeout: parseBoolean('cancel-on-timeout', read('cancel-on-timeout')),
    comment: parseBoolean('comment', read('comment')),
    reportFolder: environment.RUNNER_TEMP || tmpdir(),
    proxy: readProxy(environment, mask),
    metadata: {
      appUrl: read('app-url') === '' ? '' : parseHttpUrl('app-url', read('app-url')),
      discoverFlows: parseBoolean('discover-flows', read('discover-flows')),
      branch: read('branch'),
      commitSha: read('commit-sha'),
      commitMessage: read('commit-message'),
      pullRequestNumber: parsePullRequestNumber(read('pull-request-number')),
      pullRequestTitle: read('pull-request-title'),
    },
    event,
    idempotencyKey: createIdempotencyKey(environment),
    github: {
      token: read('github-token'),
      apiUrl: environment.GITHUB_API_URL || 'https://api.github.com',
      repository: environment.GITHUB_REPOSITORY ?? '',
    },
  };
}

/** Whether the key would cross a network unencrypted. */
export function sendsKeyInTheClear(serverUrl: string): boolean {
  const { protocol, hostname } = new URL(serverUrl);
  return protocol === 'http:' && !/^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
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
  if (!isApiKey(apiKey)) {
    throw new InputError(
      "The input `api-key` does not look like a Qassandra key: it is perhaps truncated or mistyped. A key starts with `qsk_`, has 46 characters and ends with a checksum of the rest. Copy it again, or have an admin generate a new one on the app's page of the dashboard, and update the secret. Nothing was sent.",
    );
  }
}

function parseAppId(value: string, mask: (secret: string) => void): string {
  if (value.startsWith('qsk_')) {
    mask(value);
    throw new InputError(
      'The input `app-id` holds an API key: give the key as `api-key`, from a secret, and replace it if this workflow file is public.',
    );
  }
  if (value === '')
    throw new InputError(
      "The input `app-id` is empty. Give the app's UUID or alias, as its page on the dashboard shows them.",
    );
  if (!/^[A-Za-z0-9-]{2,40}$/.test(value)) {
    throw new InputError(
      `The input \`app-id\` is ${quote(value)}, which is neither a UUID nor an alias: an alias has 2 to 40 lower-case letters, digits and hyphens.`,
    );
  }
  return value;
}

function parseHttpUrl(name: string, value: string): string {
  const url = URL.parse(value);
  // The value is not shown: an address that does not parse may still hold a password.
  const explain = (why: string) =>
    new InputError(`The input \`${name}\` ${why}, for example https://preview.example.com.`);
  if (url === null || !/^https?:\/\//i.test(value)) throw explain('must be an absolute http or https URL');
  if (url.username !== '' || url.password !== '') throw explain('must not hold a user name or a password');
  if (value.length > 2048) throw explain('must have at most 2,048 characters');
  if (name === 'server-url' && (url.search !== '' || url.hash !== '')) {
    throw explain('must be the address of the server alone, without `?` or `#`');
  }
  return name === 'server-url' ? url.href : value;
}

function parseBoolean(name: string, value: string): boolean {
  const lower = value.toLowerCase();
  if (lower !== 'true' && lower !== 'false') {
    throw new InputError(`The input \`${name}\` is ${quote(value)}: it must be \`true\` or \`false\`.`);
  }
  return lower === 'true';
}

function parseIfNoKey(value: string): 'fail' | 'skip' {
  const lower = value.toLowerCase();
  if (lower !== 'fail' && lower !== 'skip') {
    throw new InputError(`The input \`if-no-key\` is ${quote(value)}: it must be \`fail\` or \`skip\`.`);
  }
  return lower;
}

function parseTimeout(value: string): number {
  const minutes = /^(\d+\.?\d*|\.\d+)$/.test(value) ? Number(value) : Number.NaN;
  if (!(minutes > 0 && minutes <= LONGEST_TIMEOUT_MINUTES)) {
    throw new InputError(
      `The input \`timeout-minutes\` is ${quote(value)}: it must be a number of minutes above 0 and at most ${LONGEST_TIMEOUT_MINUTES}, for example 15 or 0.5.`,
    );
  }
  return minutes * 60_000;
}

function parseFailOn(value: string): readonly Conclusion[] {
  const names = value.split(',').map((name) => name.trim().toLowerCase());
  return names
    .filter((name) => name !== '')
    .map((name) => {
      const conclusion = CONCLUSIONS.find((candidate) => candidate === name);
      if (conclusion !== undefined) return conclusion;
      throw new InputError(
        `The input \`fail-on\` names ${quote(name)}, which is no conclusion: use any of ${CONCLUSIONS.join(', ')}, separated by commas.`,
      );
    });
}

function parsePullRequestNumber(value: string): string {
  const digits = value.replace(/^#/, '');
  if (!/^\d{0,64}$/.test(digits)) {
    throw new InputError(
      `The input \`pull-request-number\` is ${quote(value)}: it must be a number, for example 42.`,
    );
  }
  return digits;
}

function quote(value: string): string {
  return `“${toLogText(value, 100)}”`;
}

const PROXY_NAMES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'];

/** A proxy's password is in its address, and would be in every message about it. */
function readProxy(environment: ReadInputsOptions['environment'], mask: (secret: string) => void) {
  const proxy: Record<string, string> = {};
  for (const name of PROXY_NAMES) {
    const value = environment[name] ?? '';
    if (value !== '') proxy[name] = value;
    const password = URL.parse(value)?.password ?? '';
    if (password !== '') {
      mask(password);
      mask(decodeURIComponent(password));
    }
  }
  return proxy;
}

function readEvent(environment: ReadInputsOptions['environment']): WorkflowEvent {
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
  if (path === undefined || path === '') return undefined;
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
function createIdempotencyKey(environment: ReadInputsOptions['environment']): string {
  const names = ['GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'GITHUB_JOB', 'GITHUB_ACTION'];
  const origin = names.map((name) => (environment[name] ?? '').replace(/[^\w.-]/g, '_').slice(0, 50) || '-');
  return [...origin, randomUUID()].join('/');
}
