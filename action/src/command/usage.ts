import { findDefault } from '../inputs/input-table.ts';
import { OPTIONS, type OptionName } from './command-options.ts';

/** The help of each option, in the order of the output. A line break starts a new line in the same column. */
const HELP: Readonly<Record<OptionName, string>> = {
  app: "the app's UUID or alias (required)",
  server: `the server; else QASSANDRA_SERVER_URL, else ${findDefault('server-url')}`,
  'app-url': "a URL to test instead of the app's own",
  'discover-flows': 'also look for new flows',
  'no-wait': 'exit with 0 as soon as the check is triggered',
  'timeout-minutes': `time for trigger and wait, fractions allowed (${findDefault('timeout-minutes')})`,
  'fail-on': `conclusions that exit with 1: any of success, failure, error,\ncancelled, incomplete, separated by commas\n(${findDefault('fail-on')})`,
  'no-cancel-on-timeout': 'let the check continue when the time is over',
  'if-no-key': `what to do when QASSANDRA_API_KEY is empty (${findDefault('if-no-key')})`,
  'report-file': 'a JSON file with all details of the check',
  'junit-file': 'a JUnit XML file, a test case for each flow or cause',
  branch: '',
  'commit-sha': '',
  'commit-message': '',
  'pull-request-number': '',
  'pull-request-title': '',
  version: 'print the version',
  help: 'print this',
};

/** The title above the first option of a group. */
const TITLES: Readonly<Partial<Record<string, string>>> = {
  app: '\nWhat to check\n',
  'no-wait': '\nHow to wait\n',
  'report-file': '\nWhat to leave behind\n',
  branch: `
What the code is, where the CI's own variables (GitLab, CircleCI, Jenkins, Bitbucket, Azure)
do not say it
`,
  version: '\n',
};

/** Where the help of an option starts. */
const COLUMN = 30;

/** Creates the output of `qassandra --help`. */
export function createUsage(): string {
  return `qassandra check --app APP [options]

Has a web app checked by a Qassandra server, waits for the check, and exits with 0 when it
succeeded and 1 otherwise, where no option says something else.

The app's API key is read from the environment variable QASSANDRA_API_KEY.
${Object.entries(HELP).map(describeOption).join('')}
Proxies: HTTPS_PROXY, HTTP_PROXY, NO_PROXY. Each request on stderr: QASSANDRA_DEBUG=1.`;
}

function describeOption([name, help]: [string, string]): string {
  const option = `  --${name} ${OPTIONS.get(name) ?? ''}`;
  const lines = help.replaceAll('\n', `\n${' '.repeat(COLUMN)}`);
  return `${TITLES[name] ?? ''}${(option.padEnd(COLUMN) + lines).trimEnd()}\n`;
}
