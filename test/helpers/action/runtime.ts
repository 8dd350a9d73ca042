/**
 * The environment in which Node.js runs `code` before the program: for a runtime, or a clock, that this machine does
 * not have. The program itself is not touched.
 */
export function startingWith(code: string): { readonly NODE_OPTIONS: string } {
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

/** A runtime that says of itself that its agents do not know of proxies. */
export const WITHOUT_PROXIES = startingWith(
  "Object.defineProperty(process, 'allowedNodeEnvironmentFlags', { value: new Set() })",
);

/** A runtime whose requests are lost without a word, so that whoever waits for one waits for nothing. */
export const SILENT_REQUESTS = startingWith(`
  import { EventEmitter } from 'node:events';
  import http from 'node:http';
  import { syncBuiltinESMExports } from 'node:module';
  http.request = () => Object.assign(new EventEmitter(), { end() {} });
  syncBuiltinESMExports();
`);
