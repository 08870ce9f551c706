import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Block = ReturnType<typeof ipaddr.parseCIDR>;

/** An IPv4 address that is mapped into IPv6 is the IPv4 address. */
const parse = (text: string): Address | undefined => (ipaddr.isValid(text) ? ipaddr.process(text) : undefined);

/** Without the port that some proxies write, and without the brackets of an IPv6 address. */
const hostOf = (entry: string): string => {
  const text = entry.trim();
  const [, bracketed, dotted] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text) ?? [];
  return bracketed ?? dotted ?? text;
};

const blockOf = (cidr: string): Block => {
  const [address, bits] = ipaddr.parseCIDR(cidr.includes('/') ? cidr : `${cidr}/${cidr.includes(':') ? 128 : 32}`);
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96) {
    return [address.toIPv4Address(), bits - 96];
  }
  return [address, bits];
};

/** The proxies of `coffer.server.trustedProxies`, whose word on who sent a request is taken. */
export class TrustedProxies {
  readonly #blocks: readonly Block[];

  /** Addresses and blocks such as `10.0.0.0/8`, as the configuration has checked them. */
  constructor(cidrs: readonly string[]) {
    this.#blocks = cidrs.map(blockOf);
  }

  /**
   * The client's address: the right-most of `X-Forwarded-For` that is no trusted proxy's, read from the peer on, for each
   * proxy appends whom it heard from and what stands left of an untrusted one is that one's to make up. What is no
   * address ends the search at the proxy that wrote it.
   */
  clientOf(peer: string, forwardedFor: string | undefined): string {
    let client = peer;
    if (forwardedFor === undefined || this.#blocks.length === 0) return client;
    for (let end = forwardedFor.length; end > 0 && this.#trusts(client);) {
      const comma = forwardedFor.lastIndexOf(',', end - 1);
      const next = hostOf(forwardedFor.slice(comma + 1, end));
      if (parse(next) === undefined) return client;
      client = next;
      end = comma;
    }
    return client;
  }

  #trusts(text: string): boolean {
    const address = parse(text);
    if (address === undefined) return false;
    return this.#blocks.some(([range, bits]) => {
      if (address instanceof ipaddr.IPv4) return range instanceof ipaddr.IPv4 && address.match(range, bits);
      return range instanceof ipaddr.IPv6 && address.match(range, bits);
    });
  }
}
