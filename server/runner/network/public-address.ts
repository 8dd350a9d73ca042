import ipaddr from 'ipaddr.js';

/** All IPv6 addresses handed out for the public internet; ipaddr.js calls what it has no name for `unicast`. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/**
 * Azure's own services for a virtual machine, secrets of its extensions among them, answer at this address, which
 * lies in no special range. The other clouds' metadata addresses do.
 */
const AZURE_WIRE_SERVER = '168.63.129.16';

/**
 * Whether an IPv4 or IPv6 address (no brackets) is an ordinary one of the public internet. Everything that is
 * not surely so is not: loopback, private, link-local, carrier-grade NAT, multicast, documentation and
 * reserved ranges, and the IPv6 forms that carry an IPv4 address to somewhere else (NAT64, 6to4, Teredo,
 * IPv4-compatible). An IPv4-mapped address counts as the IPv4 address in it.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) {
    return false;
  }
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv6' && !parsed.match(GLOBAL_IPV6)) {
    return false;
  }
  return parsed.range() === 'unicast' && parsed.toString() !== AZURE_WIRE_SERVER;
}
