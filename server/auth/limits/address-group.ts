import ipaddr from 'ipaddr.js';

/** Maximum length, in characters, of other text that a proxy wrote in place of an address. */
const TEXT_LIMIT = 64;

/**
 * The source that failures are counted for: an IPv4 address, or the /64 network of an IPv6 address, since one host may
 * own all 2^64 addresses of it. An IPv4 address that is mapped into IPv6 counts as the IPv4 address.
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
