import { expect, test } from '@jest/globals';
import { describeUserAgent } from '../../../server/dashboard/src/audit/describe-user-agent.ts';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

test.each([
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Chrome/153.0.0.0 Safari/537.36`,
    'Chrome on macOS',
  ],
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/153.0.0.0 Safari/537.36`, 'Chrome on Linux'],
  [`Mozilla/5.0 (Windows NT 10.0) ${WEBKIT} Chrome/153.0.0.0 Safari/537.36 Edg/153.0.0.0`, 'Edge on Windows'],
  [`Mozilla/5.0 (Linux; Android 15; K) ${WEBKIT} Chrome/153.0.0.0 Mobile Safari/537.36`, 'Chrome on Android'],
  ['Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0', 'Firefox on Linux'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
    'Safari on iOS',
  ],
  ['qassandra-action/0.1.0 (node 24.21.0)', 'the Qassandra action'],
  ['qassandra-cli/0.1.0 (node 24.21.0)', 'the qassandra command'],
  ['GitHub-Hookshot/5f1b3ab', 'GitHub'],
  ['curl/8.5.0', 'curl'],
  ['node', 'a Node.js program'],
  ['python-requests/2.32.0', 'a Python program'],
  ['Mozilla/5.0 (compatible; Odd/1.0)', undefined],
  ['something else Chrome/1', undefined],
])('%s is %s', (userAgent, name) => {
  expect(describeUserAgent(userAgent)).toBe(name);
});
