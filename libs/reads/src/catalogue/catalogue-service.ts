import {
  Catalogue,
  type Absence,
  type CataloguedManager,
  type CataloguedManagers,
  type Section,
} from '@coffer/catalogue';
import type { LogEntry } from '@coffer/coherence';
import type { CoherenceLog, MessageSealer } from '@coffer/messaging';
import { CofferError, type SecretPath } from '@coffer/secrets';
import { LogEnd } from './log-end.js';
import { ScanLane, type ScanOptions } from './scan-lane.js';
import { UnknownTenants } from './unknown-tenants.js';

export interface CatalogueServiceOptions extends Pick<ScanOptions, 'refresh' | 'metrics' | 'logger' | 'now'> {
  readonly managers: CataloguedManagers;
  readonly log: Pick<CoherenceLog, 'reachEnd'>;
  readonly sealer: Pick<MessageSealer, 'openOutcome'>;
  /** Of the log's replay, in milliseconds. */
  readonly window: number;
  /** Listed from the start of the process on, each in all of its stores; others from their first use. */
  readonly tenants: readonly string[];
  /** Of other tenants without a secret, how many are listed at the same time. */
  readonly maxUnknownTenants: number;
}

/** In milliseconds: how long a list waits for a store that is listed for the first time. */
const FIRST_WAIT = 8_000;

/** The catalogue of a gateway: follows the log, keeps the scans going, and hands out what is known. Nest starts and ends it. */
export class CatalogueService {
  readonly #catalogue: Catalogue;
  readonly #lanes = new Map<CataloguedManager, ScanLane>();
  readonly #logEnd: LogEnd;
  readonly #closing = new AbortController();
  readonly #unknown: UnknownTenants;

  constructor(private readonly options: CatalogueServiceOptions) {
    const { managers, sealer, now, window, log, metrics, refresh } = options;
    this.#unknown = new UnknownTenants({
      max: options.maxUnknownTenants,
      stayMs: refresh,
      now,
      forget: (tenant) => this.#lanes.forEach((lane) => lane.forget(tenant)),
      refused: () => metrics.refusals.inc({ budget: 'tenants' }),
    });
    this.#logEnd = new LogEnd(log, now);
    this.#catalogue = new Catalogue({
      managers,
      now,
      window,
      open: (path, { operation, sealed }) => {
        const { version, description, tags } = sealer.openOutcome(path, operation, sealed);
        return { version, tags, ...(description === undefined ? {} : { description }) };
      },
      uncertain: (path, manager) => this.#lane(manager).clarify(path),
    });
    metrics.watchBudget('catalogue-records', () => this.#catalogue.memory);
    metrics.beforeText.add(() => this.#count());
  }

  /** Takes a record of the log into account: in the log's order, and before anybody is told of it. */
  read(entry: LogEntry): void {
    this.#catalogue.read(entry);
  }

  onApplicationBootstrap(): void {
    const { tenants, managers } = this.options;
    for (const tenant of tenants) {
      for (const manager of managers.managersOf(tenant)) this.#lane(manager).keep(tenant);
    }
  }

  onModuleDestroy(): void {
    this.#closing.abort();
    for (const lane of this.#lanes.values()) lane.close();
  }

  /**
   * The manager's section, once it knows the store's list. Throws what the store throws at the first scan, and
   * `unavailable` when that takes longer than a caller can wait; `rate-limited` for one of too many tenants that nobody
   * else knows of.
   */
  async section(tenant: string, manager: CataloguedManager): Promise<Section> {
    if (this.options.tenants.includes(tenant) || this.#catalogue.holds(tenant)) this.#unknown.release(tenant);
    else this.#unknown.ask(tenant);
    const lane = this.#lane(manager);
    const section = lane.use(tenant);
    if (!section.loaded) await this.#firstScan(lane.first(tenant), manager);
    return section;
  }

  /** How old the catalogue may be, in milliseconds; `undefined` when it has every write answered before this call. */
  age(): Promise<number | undefined> {
    return this.#logEnd.age();
  }

  /** Lists the manager's store again, behind other scans of it; throws what the store throws. */
  refresh(tenant: string, manager: CataloguedManager): Promise<void> {
    return this.#lane(manager).scan(tenant);
  }

  /** Undefined when the secret is there, or when that is not known. Counts only where a cache hit would. */
  absence(path: SecretPath): Absence | undefined {
    return this.#catalogue.absence(path);
  }

  /** Records may have been missed: no absence counts before the next scan. */
  distrust(): void {
    this.#catalogue.distrust();
  }

  #lane(manager: CataloguedManager): ScanLane {
    let lane = this.#lanes.get(manager);
    if (lane === undefined) {
      const { refresh, metrics, logger, now } = this.options;
      const signal = this.#closing.signal;
      const settled = (tenant: string): void => this.#unknown.release(tenant);
      lane = new ScanLane(manager, { catalogue: this.#catalogue, refresh, metrics, logger, now, signal, settled });
      this.#lanes.set(manager, lane);
    }
    return lane;
  }

  async #firstScan(scan: Promise<void>, { name: manager }: CataloguedManager): Promise<void> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new CofferError('unavailable', `the store of ${manager} is still being listed`, { manager })),
      FIRST_WAIT,
    );
    await Promise.race([scan, late]).finally(() => clearTimeout(timer));
  }

  #count(): void {
    this.options.metrics.catalogueUnknownTenants.set(this.#unknown.size);
    const sizes = new Map<string, number>();
    for (const { options, size } of this.#catalogue.sections()) {
      sizes.set(options.manager, (sizes.get(options.manager) ?? 0) + size);
    }
    for (const [manager, size] of sizes) this.options.metrics.catalogueEntries.set({ manager }, size);
  }
}
