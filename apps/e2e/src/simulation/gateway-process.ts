import type { HeartbeatMailbox, SharedCache } from '@coffer/cache';
import { ENTRY_TTL_MS } from '@coffer/coherence/simulation';
import { CatalogueService, ReadCache, ReadService, type ResolvedSecret } from '@coffer/reads';
import { CofferError, type SecretPath } from '@coffer/secrets';
import { LOGGER, type Context } from './context.js';
import type { Host } from './host.js';

/** `absent`: there is no such secret, as far as the gateway answers. */
export type Answer = ResolvedSecret | 'absent';

export interface ReadRequest {
  readonly path: SecretPath;
  readonly inherit: boolean;
  readonly refresh?: boolean;
}

/** Milliseconds between two scans of the store. */
const REFRESH_MS = 2_500;
/** What a gateway with little memory remembers of keys: fewer than there are. */
const FEW_KEYS_BYTES = [650, 900, 1_250];

const visible = (): boolean => true;

/** A gateway: the shipped reads, wired as its modules wire them. */
export class GatewayProcess {
  /** Whether it may forget keys before their time. */
  readonly forgets: boolean;
  readonly #cache: ReadCache;
  readonly #catalogue: CatalogueService;
  readonly #reads: ReadService;

  constructor(
    context: Context,
    readonly host: Host,
    shared: SharedCache,
  ) {
    const { timing, rules, random, sealer, metrics, store: storeOf, redis, topology } = context;
    this.forgets = random.chance(0.3);
    const log = context.log.of(host);
    const store = { name: 'default', backend: storeOf.of(host) };
    const { clock, time } = host;
    this.#catalogue = new CatalogueService({
      managers: { forNamespace: () => store, forTenant: () => [store] },
      ...{ log, sealer, metrics, logger: LOGGER, refresh: REFRESH_MS, windowMs: timing.windowMs },
      ...{ tenants: ['main'], maxUnknownTenants: 1, now: () => time.now() },
    });
    const mailbox: HeartbeatMailbox = {
      post: (heartbeat) => redis.publish(host, heartbeat),
      listen: () => () => undefined,
      close: () => Promise.resolve(),
    };
    this.#cache = new ReadCache({
      rules: new Map([['default', { maximumSize: random.chance(0.3) ? 2 : 100, lifeMs: ENTRY_TTL_MS }]]),
      ...{ mode: 'strict', time, clock, mailbox, shared, timing, metrics, logger: LOGGER, protocolRules: rules },
      messaging: { topology, log },
      registry: { of: () => store as never },
      absenceOf: (path) => this.#catalogue.absence(path),
      maxBytes: Infinity,
      markSuspect: () => this.#catalogue.markSuspect(),
      ...(this.forgets ? { keysMaxBytes: random.pick(FEW_KEYS_BYTES) } : {}),
    });
    this.#reads = new ReadService(this.#cache.lookup, rules);
    context.log.tail(host, (entry) => {
      this.#cache.read(entry);
      this.#catalogue.read(entry);
    });
    this.#catalogue.start();
  }

  leave(): void {
    this.#cache.close();
    this.#catalogue.close();
  }

  /** What is in memory at once, and anything else when it is there. Rejects with what the store throws. */
  async read(request: ReadRequest): Promise<Answer> {
    const { refresh } = request;
    const cached = refresh === true ? undefined : this.#reads.cached({ ...request, visible });
    try {
      return cached ?? (await this.#reads.resolve({ ...request, visible }));
    } catch (error) {
      if (CofferError.is(error) && error.code === 'not-found') return 'absent';
      throw error;
    }
  }
}
