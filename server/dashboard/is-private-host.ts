import ipaddr from 'ipaddr.js';

/** Names that only a machine or its network resolves. A name without a dot is one, too. */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|lan|home\.arpa|test)$/;

/** Whether a host, as a URL has it, is one that GitHub's runners cannot reach. A public name may still be closed to them. */
export function isPrivateHost(host: string): boolean {
  const address = host.replace(/^\[(.+)\]$/, '$1');
  if (ipaddr.isValid(address)) {
    return ipaddr.process(address).range() !== 'unicast';
  }
  return !host.includes('.') || PRIVATE_NAME.test(host);
}
