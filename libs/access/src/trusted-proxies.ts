import { AddressBlocks, parseIpAddress } from './address-blocks.js';

/** Without the port that some proxies write, and without the brackets of an IPv6 address. */
const hostOf = (entry: string): string => {
  const text = entry.trim();
  const [, bracketed, dotted] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text) ?? [];
  return bracketed ?? dotted ?? text;
};

/** The proxies of `coffer.server.trustedProxies`, whose word on who sent a request is taken. */
export class TrustedProxies {
  readonly #blocks: AddressBlocks;

  /** Addresses and blocks such as `10.0.0.0/8`, as the configuration has checked them. */
  constructor(cidrs: readonly string[]) {
    this.#blocks = new AddressBlocks(cidrs);
  }

  /** Whether it is one of them. */
  isProxy(address: string): boolean {
    return this.#blocks.contains(address);
  }

  /**
   * The client's address: the right-most of `X-Forwarded-For` that is no trusted proxy's, read from the peer on, for each
   * proxy appends whom it heard from and what stands left of an untrusted one is that one's to make up. What is no
   * address ends the search at the proxy that wrote it.
   */
  clientOf(peer: string, forwardedFor: string | undefined): string {
    let client = peer;
    if (forwardedFor === undefined || this.#blocks.isEmpty) return client;
    for (let end = forwardedFor.length; end > 0 && this.#blocks.contains(client);) {
      const comma = forwardedFor.lastIndexOf(',', end - 1);
      const next = hostOf(forwardedFor.slice(comma + 1, end));
      if (parseIpAddress(next) === undefined) return client;
      client = next;
      end = comma;
    }
    return client;
  }
}
