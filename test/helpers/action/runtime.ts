/**
 * Creates the environment in which Node.js runs `code` before the program: for a runtime or a clock that this machine
 * does not have. The program itself is unchanged.
 */
export function startingWith(code: string): { readonly NODE_OPTIONS: string } {
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

/** A runtime whose agents do not support proxies. */
export const WITHOUT_PROXIES = startingWith(
  "Object.defineProperty(process, 'allowedNodeEnvironmentFlags', { value: new Set() })",
);

/** A runtime whose requests get lost silently, so that the program waits for ever. */
export const SILENT_REQUESTS = startingWith(`
  import { EventEmitter } from 'node:events';
  import http from 'node:http';
  import { syncBuiltinESMExports } from 'node:module';
  http.request = () => Object.assign(new EventEmitter(), { end() {} });
  syncBuiltinESMExports();
`);
