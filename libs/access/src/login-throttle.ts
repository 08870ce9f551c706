import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import { CofferError, type Clock } from '@coffer/secrets';

export interface ThrottleOptions {
  /** Failed logins of one address in a window, after which it has to wait. */
  readonly failures: number;
  /** Milliseconds, from the first failure. */
  readonly window: number;
}

const DEFAULTS: ThrottleOptions = { failures: 10, window: 60_000 };
/** Bounds the memory; the address that failed longest ago is forgotten first. */
const MAX_ADDRESSES = 10_000;
/** The bits of an IPv6 address that a provider gives to one customer; the rest is the customer's to vary. */
const IPV6_SITE_BITS = 64;

/** One name per customer: an IPv4 address, also when mapped into IPv6, or the /64 of an IPv6 address. */
const siteOf = (address: string): string => {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${IPV6_SITE_BITS}`).toString();
};

/** Counts failed logins per address in a fixed window. Of this process only: each gateway counts for itself. */
export class LoginThrottle {
  readonly #options: ThrottleOptions;
  readonly #failures: LRUCache<string, number>;

  constructor(clock: Clock, options: ThrottleOptions = DEFAULTS) {
    this.#options = options;
    this.#failures = new LRUCache({
      max: MAX_ADDRESSES,
      ttl: options.window,
      ttlResolution: 0,
      noUpdateTTL: true,
      perf: { now: () => clock.monotonic() },
    });
  }

  /** Throws `throttled`, with the seconds to wait in `details.retryAfter`, once the address has failed too often. */
  check(address: string): void {
    const site = siteOf(address);
    if ((this.#failures.get(site) ?? 0) < this.#options.failures) return;
    const retryAfter = Math.max(1, Math.ceil(this.#failures.getRemainingTTL(site) / 1000));
    throw new CofferError(
      'throttled',
      `too many failed logins from this address; correct the credentials and try again in ${retryAfter} s`,
      { retryAfter },
    );
  }

  failed(address: string): void {
    const site = siteOf(address);
    this.#failures.set(site, (this.#failures.get(site) ?? 0) + 1);
  }

  /** Takes one failure back that was counted before its outcome was known. */
  forgive(address: string): void {
    const site = siteOf(address);
    const count = this.#failures.get(site);
    if (count !== undefined) this.#failures.set(site, count - 1);
  }
}
