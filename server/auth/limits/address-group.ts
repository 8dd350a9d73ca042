import ipaddr from 'ipaddr.js';

/** What a proxy may have written in place of an address is kept to this length. */
const TEXT_LIMIT = 64;

/**
 * What counts as one source: an IPv4 address, or the /64 of an IPv6 one, which a single host may have all
 * 2^64 addresses of. An IPv4 address that was mapped into IPv6 is taken as itself.
 */
export function toAddressGroup(ip: string): string {
  if (!ipaddr.isValid(ip)) {
    return ip.slice(0, TEXT_LIMIT);
  }
  const address = ipaddr.process(ip);
  if (address instanceof ipaddr.IPv4) {
    return address.toString();
  }
  const network = new ipaddr.IPv6([...address.parts.slice(0, 4), 0, 0, 0, 0]);
  return `${network.toString()}/64`;
}
