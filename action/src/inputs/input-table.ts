import { HOSTED_SERVICE_URL } from '../lib/hosted-service.ts';

/**
 * Every input of the action and the command. action.yml's block, the command's options and help, and the tables in
 * docs/action.md and docs/other-ci.md come from here. The texts for people are in action/input-descriptions.ts and
 * command/usage.ts, so that the action's bundle does not carry them.
 */

interface BaseInput {
  readonly type: 'boolean' | 'choice' | 'list' | 'minutes' | 'number' | 'path' | 'secret' | 'text' | 'url';
  readonly isRequired?: true;
  /** The value if the input is absent or empty. */
  readonly default?: string;
  /** An expression that GitHub evaluates if the input is absent. An empty input stays empty. */
  readonly expression?: string;
}

interface StepOnlyInput extends BaseInput {
  readonly offeredBy: 'step';
}

interface CommandInput extends BaseInput {
  readonly offeredBy: 'command' | 'both';
  /** The command's option, without its dashes. */
  readonly option: string;
}

interface ValueInput extends CommandInput {
  readonly type: Exclude<BaseInput['type'], 'boolean'>;
  /** Stands for the option's value in the help. */
  readonly placeholder: string;
}

/** The option takes no value: giving it means the opposite of the default. */
interface FlagInput extends CommandInput {
  readonly type: 'boolean';
  readonly default: 'true' | 'false';
  readonly placeholder?: never;
}

export type Input = StepOnlyInput | ValueInput | FlagInput;

/** In the order of action.yml, the help and the tables. */
export const INPUT_TABLE = {
  'api-key': { offeredBy: 'step', type: 'secret', isRequired: true },
  'app-id': { offeredBy: 'both', type: 'text', isRequired: true, option: 'app', placeholder: 'APP' },
  'server-url': {
    offeredBy: 'both',
    type: 'url',
    default: HOSTED_SERVICE_URL,
    option: 'server',
    placeholder: 'URL',
  },
  'app-url': { offeredBy: 'both', type: 'url', option: 'app-url', placeholder: 'URL' },
  'discover-flows': { offeredBy: 'both', type: 'boolean', default: 'false', option: 'discover-flows' },
  wait: { offeredBy: 'both', type: 'boolean', default: 'true', option: 'no-wait' },
  'timeout-minutes': {
    offeredBy: 'both',
    type: 'minutes',
    default: '15',
    option: 'timeout-minutes',
    placeholder: 'MINUTES',
  },
  'fail-on': {
    offeredBy: 'both',
    type: 'list',
    default: 'failure,error,cancelled,incomplete',
    option: 'fail-on',
    placeholder: 'LIST',
  },
  comment: { offeredBy: 'step', type: 'boolean', default: 'false' },
  'cancel-on-timeout': {
    offeredBy: 'both',
    type: 'boolean',
    default: 'true',
    option: 'no-cancel-on-timeout',
  },
  'if-no-key': {
    offeredBy: 'both',
    type: 'choice',
    default: 'fail',
    option: 'if-no-key',
    placeholder: 'fail|skip',
  },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's
  'github-token': { offeredBy: 'step', type: 'secret', expression: '${{ github.token }}' },
  'report-file': { offeredBy: 'command', type: 'path', option: 'report-file', placeholder: 'PATH' },
  'junit-file': { offeredBy: 'command', type: 'path', option: 'junit-file', placeholder: 'PATH' },
  branch: { offeredBy: 'both', type: 'text', option: 'branch', placeholder: 'NAME' },
  'commit-sha': { offeredBy: 'both', type: 'text', option: 'commit-sha', placeholder: 'SHA' },
  'commit-message': { offeredBy: 'both', type: 'text', option: 'commit-message', placeholder: 'TEXT' },
  'pull-request-number': {
    offeredBy: 'both',
    type: 'number',
    option: 'pull-request-number',
    placeholder: 'NUMBER',
  },
  'pull-request-title': {
    offeredBy: 'both',
    type: 'text',
    option: 'pull-request-title',
    placeholder: 'TEXT',
  },
} as const satisfies Readonly<Record<string, Input>>;

type Table = typeof INPUT_TABLE;
export type InputName = keyof Table;

/** The names of the inputs that have these properties. */
type NamesOf<Properties> = { [Name in InputName]: Table[Name] extends Properties ? Name : never }[InputName];

export type StepInputName = NamesOf<{ offeredBy: 'step' | 'both' }>;
export type StepFlagName = NamesOf<{ offeredBy: 'step' | 'both'; type: 'boolean' }>;
export type CommandInputName = NamesOf<{ option: string }>;
export type CommandFlagName = NamesOf<{ option: string; type: 'boolean' }>;

/** Returns the value of an input that is absent or empty; an empty text if it has no default. */
export function findDefault(name: InputName): string {
  const input: Input = INPUT_TABLE[name];
  return input.default ?? '';
}
