import { promises as dns, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';

/** All addresses of a host name; rejects as `dns.promises.lookup` does when there are none. */
export type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface ConnectorOptions {
  /** Whether this IPv4 or IPv6 address (no brackets) may be connected to. */
  readonly isAllowed: (address: string) => boolean;
  readonly lookup?: Lookup | undefined;
  /** Until the connection (TLS included) must stand. */
  readonly timeoutMs: number;
  /** Destroys all sockets, also those that are still connecting, which undici does not keep track of. */
  readonly signal: AbortSignal;
}

/** The target's address is not allowed: a private or special one. No connection was tried. */
export class PrivateTargetError extends Error {
  override readonly name = 'PrivateTargetError';
  /** The address, when the URL itself gave it; `null` when a name led there. */
  readonly literal: string | null;

  constructor(literal: string | null) {
    super('private or special address');
    this.literal = literal;
  }
}

/**
 * The one place where sockets are opened, and so where private targets are refused: whatever URL, redirect
 * or asset led here, the address that is judged is the address that is connected to, with no second look-up
 * in between that a rebinding name server could answer differently. A kept-alive socket stays pinned to it.
 */
export function createConnector({
  isAllowed,
  lookup = lookupAll,
  timeoutMs,
  signal,
}: ConnectorOptions): buildConnector.connector {
  const connect = buildConnector({
    lookup: createPinnedLookup({ lookup, isAllowed }),
    timeout: timeoutMs,
    signal,
    // One request a connection keeps cutting one answer short from cutting others; and h2 has no plain errors.
    allowH2: false,
  });
  return (options, callback) => {
    // net.connect does not look an IP address up, so it would pass the look-up's check.
    if (isIP(options.hostname) !== 0 && !isAllowed(options.hostname)) {
      queueMicrotask(() => callback(new PrivateTargetError(options.hostname), null));
      return;
    }
    connect(options, callback);
  };
}

/** For net.connect: the name's addresses without those that are not allowed. */
function createPinnedLookup({
  lookup,
  isAllowed,
}: Pick<ConnectorOptions, 'isAllowed'> & { readonly lookup: Lookup }): LookupFunction {
  return (hostname, { all }, callback) => {
    const answer = async () => {
      const addresses = (await lookup(hostname)).filter(({ address }) => isAllowed(address));
      const [first] = addresses;
      // Where a name leads inside this network is not told: a stranger may have triggered the check, and
      // could otherwise map that network name by name. Whoever runs the server can look the name up.
      if (first === undefined) {
        throw new PrivateTargetError(null);
      }
      return { addresses, first };
    };
    answer().then(
      ({ addresses, first }) =>
        all ? callback(null, addresses) : callback(null, first.address, first.family),
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

function lookupAll(hostname: string): Promise<LookupAddress[]> {
  return dns.lookup(hostname, { all: true });
}
