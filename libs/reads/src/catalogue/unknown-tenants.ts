import { CofferError } from '@coffer/secrets';

export interface UnknownTenantsOptions {
  /** Tenants at the same time. */
  readonly max: number;
  /** How long a tenant that nobody asks for again keeps its place, in milliseconds. */
  readonly stayMs: number;
  readonly now: () => number;
  /** Called with a tenant that lost its place. */
  readonly forget: (tenant: string) => void;
  readonly refused: () => void;
}

/**
 * Tenants that callers ask for and of which neither the configuration nor a store knows: any name could be asked for, and
 * each costs a scan. There is a place for a few of them.
 */
export class UnknownTenants {
  /** When each was last asked for, the least recent first. */
  readonly #asked = new Map<string, number>();

  constructor(private readonly options: UnknownTenantsOptions) {}

  get size(): number {
    return this.#asked.size;
  }

  /** Throws `rate-limited` where there is no place. */
  ask(tenant: string): void {
    const { now, stayMs, forget } = this.options;
    const at = now();
    if (!this.#asked.delete(tenant)) {
      const [oldest, since] = this.#asked.entries().next().value ?? [];
      if (this.#asked.size >= this.options.max && oldest !== undefined && since !== undefined) {
        if (at - since < stayMs) this.#refuse((since + stayMs - at) / 1_000);
        this.#asked.delete(oldest);
        forget(oldest);
      }
    }
    this.#asked.set(tenant, at);
  }

  /** Gives its place up: somebody else knows of it, or nothing is kept of it any more. */
  release(tenant: string): void {
    this.#asked.delete(tenant);
  }

  #refuse(retryAfter: number): never {
    this.options.refused();
    throw new CofferError(
      'rate-limited',
      `lists of ${this.options.max} tenants without any secret were asked for lately (coffer.limits.tenants); ask for a tenant that has secrets, or later`,
      { retryAfter },
    );
  }
}
