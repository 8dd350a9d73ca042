/** What `qassandra --help` prints. The options are those of cli-options.ts, which a test holds it to. */
export const USAGE = `qassandra check --app APP [options]

Has a web app checked by a Qassandra server, waits for the check, and exits with 0 when it
succeeded and 1 otherwise, where no option says something else.

The app's API key is read from the environment variable QASSANDRA_API_KEY.

What to check
  --app APP                   the app's UUID or alias (required)
  --server URL                the server; else QASSANDRA_SERVER_URL, else https://qassandra.com
  --app-url URL               a URL to test instead of the app's own
  --discover-flows            also look for flows that the server does not know yet

How to wait
  --no-wait                   exit with 0 as soon as the check is triggered
  --timeout-minutes MINUTES   how long all may take, fractions allowed (15)
  --fail-on LIST              conclusions that exit with 1: any of success, failure, error,
                              cancelled, separated by commas (failure,error,cancelled)
  --no-cancel-on-timeout      leave the check going on when the time is over
  --if-no-key fail|skip       what to do when QASSANDRA_API_KEY is empty (fail)

What to leave behind
  --report-file PATH          a JSON file with everything that is known of the check
  --junit-file PATH           a JUnit XML file, one test case a flow

What the code is, where the CI's own variables (GitLab, CircleCI, Jenkins, Bitbucket, Azure)
do not say it
  --branch NAME
  --commit-sha SHA
  --commit-message TEXT
  --pull-request-number NUMBER
  --pull-request-title TEXT

  --version                   print the version
  --help                      print this

Proxies: HTTPS_PROXY, HTTP_PROXY, NO_PROXY. Each request on stderr: QASSANDRA_DEBUG=1.
`;
