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

/** What a look-up answers: addresses in their order, or the code of an error. */
export type LookupAnswer = readonly string[] | 'ENOTFOUND' | 'EAI_AGAIN';

/**
 * A machine whose resolver gives these answers for a name: the first to the first look-up, and the last to all further
 * ones. Connections are made as always.
 */
export function resolving(names: Readonly<Record<string, readonly LookupAnswer[]>>) {
  return startingWith(`
    import dns from 'node:dns';
    import { syncBuiltinESMExports } from 'node:module';
    import { isIP } from 'node:net';
    const names = ${JSON.stringify(names)};
    const lookup = dns.lookup;
    dns.lookup = (name, options, callback) => {
      const answers = names[name];
      if (answers === undefined) {
        return lookup(name, options, callback);
      }
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (typeof answer === 'string') {
        const error = Object.assign(new Error('getaddrinfo ' + answer + ' ' + name), { code: answer });
        return process.nextTick(callback, error);
      }
      const found = answer.map((address) => ({ address, family: isIP(address) }));
      return options.all
        ? process.nextTick(callback, null, found)
        : process.nextTick(callback, null, found[0].address, found[0].family);
    };
    syncBuiltinESMExports();
  `);
}
