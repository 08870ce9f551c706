import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Block = ReturnType<typeof ipaddr.parseCIDR>;

/**
 * An IPv4 address that is mapped into IPv6 is the IPv4 address. `undefined` for what is no address: an IPv4 address has four
 * decimal numbers without leading zeros, for `9`, `0x7f.1` and `010.0.0.1` mean different addresses to different readers.
 */
export const parseIpAddress = (text: string): Address | undefined =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text) ? ipaddr.process(text) : undefined;

const blockOf = (cidr: string): Block => {
  const [address, bits] = ipaddr.parseCIDR(cidr.includes('/') ? cidr : `${cidr}/${cidr.includes(':') ? 128 : 32}`);
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96) {
    return [address.toIPv4Address(), bits - 96];
  }
  return [address, bits];
};

/** Addresses and blocks such as `10.0.0.0/8`, as the configuration has checked them. */
export class AddressBlocks {
  readonly #blocks: readonly Block[];

  constructor(cidrs: readonly string[]) {
    this.#blocks = cidrs.map(blockOf);
  }

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  /** False for what is no address. */
  contains(text: string): boolean {
    const address = parseIpAddress(text);
    if (address === undefined) return false;
    return this.#blocks.some(([range, bits]) => {
      if (address instanceof ipaddr.IPv4) return range instanceof ipaddr.IPv4 && address.match(range, bits);
      return range instanceof ipaddr.IPv6 && address.match(range, bits);
    });
  }
}
