import { getDefaultAutoSelectFamilyAttemptTimeout, setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';

/**
 * How long one address of a name may take to accept a connection before the next one is tried. Node.js gives it 250 ms:
 * a server that is farther away is not reached if its other address leads nowhere from here, as on a machine without
 * IPv6. The runner has the same value in runner/network/connector.ts.
 */
const ADDRESS_MS = 2000;

/** Raises that limit for all connections of this process. Called first by every program, the action's too. */
export function waitForFarAddresses(): void {
  setDefaultAutoSelectFamilyAttemptTimeout(Math.max(ADDRESS_MS, getDefaultAutoSelectFamilyAttemptTimeout()));
}
