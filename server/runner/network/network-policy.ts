import { promises as dns, type LookupAddress } from 'node:dns';
import { setTimeout } from 'node:timers/promises';
import { isPublicAddress } from './public-address.ts';

/** All addresses of a host name; rejects as `dns.promises.lookup` does when there are none. */
export type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>;

/** A refused name is answered after this time, or a multiple of it: longer than most look-ups take. */
const REFUSAL_MS = 1000;

export interface NetworkPolicyOptions {
  /** `deny`: open addresses of the public internet only. */
  readonly privateTargets: 'allow' | 'deny';
  /** The addresses that `deny` allows. Tests, which have loopback only, pass their own. */
  readonly isPublic?: (address: string) => boolean;
  /** How host names are looked up; by default as the system does it. */
  readonly lookup?: Lookup;
}

/**
 * Decides where a check may connect. A caller must connect to an address that the policy gave or allowed, and
 * not look the name up again: a rebinding name server could answer the second look-up differently.
 */
export interface NetworkPolicy {
  /** Whether this IPv4 or IPv6 address (no brackets) may be connected to. */
  isAllowed(address: string): boolean;
  /**
   * The addresses of a host name that may be connected to, at least one. Rejects as `Lookup` does when there are none;
   * with `deny`, with a `PrivateTargetError` then too.
   */
  resolve(hostname: string): Promise<readonly [LookupAddress, ...LookupAddress[]]>;
}

/** The target's address is not allowed, or a name has no allowed address. No connection was tried. */
export class PrivateTargetError extends Error {
  override readonly name = 'PrivateTargetError';
  /** The address, when the URL itself gave it; `null` when a name led there. */
  readonly literal: string | null;

  constructor(literal: string | null) {
    super('private or special address');
    this.literal = literal;
  }
}

export function createNetworkPolicy({
  privateTargets,
  isPublic = isPublicAddress,
  lookup = lookupAll,
}: NetworkPolicyOptions): NetworkPolicy {
  if (privateTargets === 'allow') {
    return {
      isAllowed: () => true,
      async resolve(hostname) {
        return assertSome(await lookup(hostname));
      },
    };
  }
  return {
    isAllowed: isPublic,
    async resolve(hostname) {
      const startedAt = performance.now();
      try {
        return assertSome((await lookup(hostname)).filter(({ address }) => isPublic(address)));
      } catch {
        // A private name must look like one that does not exist, in its time too: a stranger may have triggered the
        // check, and could map this network name by name. The operator of the server can look the name up.
        const elapsed = performance.now() - startedAt;
        await setTimeout(REFUSAL_MS - (elapsed % REFUSAL_MS));
        throw new PrivateTargetError(null);
      }
    },
  };
}

function assertSome([first, ...others]: readonly LookupAddress[]): readonly [
  LookupAddress,
  ...LookupAddress[],
] {
  if (first === undefined) {
    throw new PrivateTargetError(null);
  }
  return [first, ...others];
}

function lookupAll(hostname: string): Promise<LookupAddress[]> {
  return dns.lookup(hostname, { all: true });
}
