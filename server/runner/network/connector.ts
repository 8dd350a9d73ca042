import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { type NetworkPolicy, PrivateTargetError } from './network-policy.ts';

export interface ConnectorOptions {
  readonly policy: NetworkPolicy;
  /** Time until the connection, TLS included, must be established. */
  readonly timeoutMs: number;
  /** Destroys all sockets, also those that are still connecting, which undici does not track. */
  readonly signal: AbortSignal;
}

/**
 * How long one address of a name may take to accept a connection before the next one is tried, at most a quarter of the
 * whole time. As in server/process/far-addresses.ts, which says why; the runner imports nothing outside itself.
 */
const ADDRESS_MS = 2000;

/**
 * Opens all sockets of the link walker, and asks the policy for each: the address that is judged is the address
 * that is connected to, for any URL, redirect or asset. A kept-alive socket stays pinned to it.
 */
export function createConnector({ policy, timeoutMs, signal }: ConnectorOptions): buildConnector.connector {
  const connect = buildConnector({
    lookup: createPinnedLookup(policy),
    autoSelectFamilyAttemptTimeout: Math.min(ADDRESS_MS, Math.ceil(timeoutMs / 4)),
    timeout: timeoutMs,
    signal,
    // With one request a connection, cutting one answer short does not cut others; and h2 has no plain errors.
    allowH2: false,
  });
  return (options, callback) => {
    // net.connect does not look an IP address up, so the pinned look-up would not see it.
    if (isIP(options.hostname) !== 0 && !policy.isAllowed(options.hostname)) {
      queueMicrotask(() => callback(new PrivateTargetError(options.hostname), null));
      return;
    }
    connect(options, callback);
  };
}

/** For net.connect: the addresses of a name that the policy allows. */
function createPinnedLookup(policy: NetworkPolicy): LookupFunction {
  return (hostname, { all }, callback) => {
    policy.resolve(hostname).then(
      (addresses) =>
        all ? callback(null, [...addresses]) : callback(null, addresses[0].address, addresses[0].family),
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}
