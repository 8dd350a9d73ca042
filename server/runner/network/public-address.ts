import ipaddr from 'ipaddr.js';

/** All public IPv6 addresses are in this range. ipaddr.js calls addresses without a special range `unicast`. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/**
 * Azure's services for a virtual machine answer at this address, also with secrets of its extensions. It is in no
 * special range, unlike the metadata addresses of other clouds.
 */
const AZURE_WIRE_SERVER = '168.63.129.16';

/**
 * Whether an IPv4 or IPv6 address (no brackets) is an ordinary address of the public internet. In doubt it is not:
 * not public are loopback, private, link-local, carrier-grade NAT, multicast, documentation and reserved ranges, and
 * the IPv6 forms that lead to an IPv4 address (NAT64, 6to4, Teredo, IPv4-compatible). An IPv4-mapped address counts
 * as the IPv4 address in it.
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
