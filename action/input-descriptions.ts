import {
  type CommandInputName,
  findDefault,
  INPUT_TABLE,
  type StepInputName,
} from './src/inputs/input-table.ts';

/** What people read about the inputs, except for the command's help, which is in src/command/usage.ts. */

export interface InputDescription {
  /** Markdown for the table in the docs. */
  readonly docs: string;
  /** Markdown for the default, where the table shows something else than the default itself. */
  readonly docsDefault?: string;
}

export interface StepInputDescription extends InputDescription {
  /** The description in action.yml. */
  readonly manifest: string;
}

const OVERRIDES_EVENT = { docs: 'instead of what the event says', docsDefault: 'from the event' };
const OVERRIDES_CI = { docs: 'instead of what the CI says', docsDefault: 'from the CI' };

/** For action.yml and docs/action.md. Inputs with equal texts share a row there. */
export const STEP_INPUT_DESCRIPTIONS: Readonly<Record<StepInputName, StepInputDescription>> = {
  'api-key': {
    manifest:
      "The app's API key (`qsk_…`), from Actions Secrets. Pull requests from forks get no secrets; Dependabot reads the Dependabot secrets.",
    docs: "the app's key, from Actions Secrets",
  },
  'app-id': {
    manifest: 'The app to check, by UUID or alias, as its page on the dashboard shows them.',
    docs: "the app's UUID or alias",
  },
  'server-url': {
    manifest: 'The Qassandra server. Set it if you run your own.',
    docs: 'the server: the hosted service, or the address of your own',
  },
  'app-url': {
    manifest:
      "A URL to test instead of the app's own, for preview deployments. If empty on `deployment_status` events, the deployment's `environment_url` is used.",
    docs: "a URL to test instead of the app's own, for preview deployments",
    docsDefault: "the deployment's `environment_url` on `deployment_status`, else none",
  },
  'discover-flows': {
    manifest: 'Whether the check also looks for new flows.',
    docs: 'whether the check also looks for new flows; the link walker always does',
  },
  wait: {
    manifest:
      'Wait for the check, and pass or fail by its conclusion. With `false` the step succeeds as soon as the check is triggered.',
    docs: 'wait for the check, and pass or fail by its conclusion; with `false` the step succeeds once the check is triggered',
  },
  'timeout-minutes': {
    manifest:
      'How long to wait, in minutes; fractions are allowed. If the check has not ended by then, the step fails.',
    docs: 'how long the step may take, trigger included; fractions are allowed, at most 7200',
  },
  'fail-on': {
    manifest:
      'The conclusions that fail the step, separated by commas: any of `success`, `failure`, `error`, `cancelled`, and `incomplete` for a check that stopped at a limit that nobody chose.',
    docs: 'the conclusions that fail the step, separated by commas: any of `success`, `failure`, `error`, `cancelled`, and `incomplete` for a check that stopped at a limit that nobody chose',
  },
  comment: {
    manifest: 'Keep one comment with the result on the pull request. Needs `pull-requests: write`.',
    docs: 'keep one comment with the result on the pull request; needs `pull-requests: write`',
  },
  'cancel-on-timeout': {
    manifest: 'Cancel the check when the wait times out. With `false` the check continues without the step.',
    docs: 'cancel the check when the wait times out; with `false` the check continues without the step',
  },
  'if-no-key': {
    manifest:
      'What to do when `api-key` is empty, as on pull requests from forks and of Dependabot: `fail` the step, or `skip` the check.',
    docs: 'what to do when `api-key` is empty, as on pull requests from forks and of Dependabot: `fail` the step, or `skip` the check',
  },
  'github-token': {
    manifest:
      "Reads the commit's message from GitHub if the event does not contain it (`contents: read`), and writes the comment (`pull-requests: write`).",
    docs: "reads the commit's message from GitHub, and writes the comment",
    docsDefault: `\`${INPUT_TABLE['github-token'].expression}\``,
  },
  branch: { manifest: "The branch under test, instead of the event's.", ...OVERRIDES_EVENT },
  'commit-sha': {
    manifest: "The commit under test, instead of the event's. For a pull request, that is its head commit.",
    ...OVERRIDES_EVENT,
  },
  'commit-message': { manifest: "The commit's message, instead of the event's.", ...OVERRIDES_EVENT },
  'pull-request-number': {
    manifest: "The pull request's number, instead of the event's.",
    ...OVERRIDES_EVENT,
  },
  'pull-request-title': { manifest: "The pull request's title, instead of the event's.", ...OVERRIDES_EVENT },
};

/** For docs/other-ci.md. Options with equal texts share a row there. */
export const COMMAND_INPUT_DESCRIPTIONS: Readonly<Record<CommandInputName, InputDescription>> = {
  'app-id': { docs: "the app's UUID or alias" },
  'server-url': {
    docs: 'the server',
    docsDefault: `\`QASSANDRA_SERVER_URL\`, else \`${findDefault('server-url')}\``,
  },
  'app-url': {
    docs: "a URL to test instead of the app's own, for preview deployments",
    docsDefault: 'none',
  },
  'discover-flows': { docs: 'also look for new flows', docsDefault: 'off' },
  wait: { docs: 'exit with `0` as soon as the check is triggered', docsDefault: 'off' },
  'timeout-minutes': { docs: 'time for trigger and wait; fractions are allowed, at most 7200' },
  'fail-on': {
    docs: 'the conclusions that exit with `1`, separated by commas: any of `success`, `failure`, `error`, `cancelled`, and `incomplete` for a check that stopped at a limit that nobody chose',
  },
  'cancel-on-timeout': { docs: 'let the check continue when the time is over', docsDefault: 'off' },
  'if-no-key': {
    docs: 'what to do when `QASSANDRA_API_KEY` is empty, as for forks; `skip` exits with `0`',
  },
  'report-file': { docs: 'a JSON file with all details of the check', docsDefault: 'none' },
  'junit-file': {
    docs: 'a JUnit XML file, one test case for each flow, and one for all flows that failed for the same cause',
    docsDefault: 'none',
  },
  branch: OVERRIDES_CI,
  'commit-sha': OVERRIDES_CI,
  'commit-message': OVERRIDES_CI,
  'pull-request-number': OVERRIDES_CI,
  'pull-request-title': OVERRIDES_CI,
};
