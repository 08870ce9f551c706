import { BlockList, isIP, isIPv4 } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Where no receiver is: addresses at which clouds serve metadata (link-local ones, and those of Alibaba Cloud, Azure and AWS),
 * multicast, those of no machine, and the IPv6 forms that a NAT64 translates into one of them (RFC 6052).
 */
const forbidden = new BlockList();
for (const [block, bits] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
] as const) {
  forbidden.addSubnet(block, bits, 'ipv4');
}
for (const [block, bits] of [
  ['::', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  ['fd00:ec2::', 32],
  ['64:ff9b::', 104],
  ['64:ff9b::a9fe:0', 112],
  ['64:ff9b::e000:0', 99],
  ['64:ff9b::6464:64c8', 128],
  ['64:ff9b::a83f:8110', 128],
] as const) {
  forbidden.addSubnet(block, bits, 'ipv6');
}

/** Node's `BlockList` looks at an IPv4 address that is mapped into IPv6 as the one of IPv4. */
const has = (list: BlockList, address: string): boolean =>
  isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');

/** Whether a name or an address means this machine. */
export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || has(loopback, host);

/** Whether an address, or a host that is one, must not be a destination of calls. False for names. */
export const isForbiddenDestination = (host: string): boolean => has(forbidden, host);

/** Whether an address is of this machine. */
export const isLoopbackAddress = (address: string): boolean => has(loopback, address);
