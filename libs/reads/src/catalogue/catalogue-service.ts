import {
  Catalogue,
  type Absence,
  type CatalogueEntry,
  type Drift,
  type DriftKind,
  type CataloguedStore,
  type CataloguedStores,
  type Section,
} from '@coffer/catalogue';
import type { LogEntry } from '@coffer/coherence';
import type { CoherenceLog, MessageSealer } from '@coffer/messaging';
import { CofferError, SecretPath } from '@coffer/secrets';
import { CatchUpProbe } from './catch-up-probe.js';
import { ScanScheduler, type ScanOptions } from './scan-scheduler.js';
import { UnknownTenants } from './unknown-tenants.js';

export interface CatalogueServiceOptions extends Pick<ScanOptions, 'refresh' | 'metrics' | 'logger' | 'now'> {
  readonly managers: CataloguedStores;
  readonly log: Pick<CoherenceLog, 'reachEnd'>;
  readonly sealer: Pick<MessageSealer, 'openOutcome'>;
  /** The replay window of the log. */
  readonly windowMs: number;
  /** Listed from the start of the process on, each in all of its stores; others from their first use. */
  readonly tenants: readonly string[];
  /** How many other tenants without a secret are listed at the same time. */
  readonly maxUnknownTenants: number;
}

export interface StoreOverview {
  readonly secrets: number;
  /** Secrets that were changed without Coffer, as far as they are remembered. */
  readonly drift: Readonly<Record<DriftKind, number>>;
}

/** How long a list waits for a store that is listed for the first time. */
const FIRST_SCAN_TIMEOUT_MS = 8_000;

/** The catalogue of a gateway: follows the log, keeps the scans going, and hands out what is known. */
export class CatalogueService {
  /** Called with what a listing of a store found changed without Coffer, and the tenant. */
  readonly onDrift = new Set<(tenant: string, drift: Drift) => void>();
  readonly #catalogue: Catalogue;
  readonly #schedulers = new Map<CataloguedStore, ScanScheduler>();
  readonly #catchUp: CatchUpProbe;
  readonly #closing = new AbortController();
  readonly #unknown: UnknownTenants;

  constructor(private readonly options: CatalogueServiceOptions) {
    const { managers, sealer, now, windowMs, log, metrics, refresh } = options;
    this.#unknown = new UnknownTenants({
      max: options.maxUnknownTenants,
      stayMs: refresh,
      now,
      forget: (tenant) => this.#schedulers.forEach((scheduler) => scheduler.forget(tenant)),
      refused: () => metrics.refusals.inc({ budget: 'tenants' }),
    });
    this.#catchUp = new CatchUpProbe(log, now);
    this.#catalogue = new Catalogue({
      managers,
      now,
      windowMs,
      open: (path, { operation, sealed }) => sealer.openOutcome(path, operation, sealed),
      drifted: (tenant, drift) => this.onDrift.forEach((listener) => listener(tenant, drift)),
      uncertain: (path, store) => this.#schedulerOf(store).clarify(path),
    });
    metrics.watchBudget('catalogue-records', () => this.#catalogue.memory);
    metrics.onScrape.add(() => this.#count());
  }

  /** Takes a record of the log into account: in the log's order, and before anybody is told of it. */
  read(entry: LogEntry): void {
    this.#catalogue.read(entry);
  }

  /** Begins to list the stores of the tenants that are known. */
  start(): void {
    const { tenants, managers } = this.options;
    for (const tenant of tenants) {
      for (const store of managers.forTenant(tenant)) this.#schedulerOf(store).keep(tenant);
    }
  }

  close(): void {
    this.#closing.abort();
    for (const scheduler of this.#schedulers.values()) scheduler.close();
  }

  /**
   * The store's section, once it knows the store's list. Throws what the store throws at the first scan, and
   * `unavailable` when that takes longer than a caller can wait; `rate-limited` for one of too many tenants that nobody
   * else knows of.
   */
  async section(tenant: string, store: CataloguedStore): Promise<Section> {
    if (this.options.tenants.includes(tenant) || this.#catalogue.holds(tenant)) this.#unknown.release(tenant);
    else this.#unknown.ask(tenant);
    const scheduler = this.#schedulerOf(store);
    const section = scheduler.use(tenant);
    if (!section.loaded) await this.#firstScan(scheduler.first(tenant), store);
    return section;
  }

  /** What the list of the secret's store says of it, where that list is known. Asks nobody. */
  known(path: SecretPath, store: CataloguedStore): CatalogueEntry | undefined {
    return this.#catalogue.known(path, store);
  }

  /** How many milliseconds of writes may be missing; `undefined` when it has every write answered before this call. */
  stalenessMs(): Promise<number | undefined> {
    return this.#catchUp.stalenessMs();
  }

  /** Whether a write of the secret has begun and not ended, by the log's word. */
  isUnderWay(tenant: string, { namespace, key }: Pick<SecretPath, 'namespace' | 'key'>): boolean {
    const { writesUnderWay } = this.#catalogue;
    return writesUnderWay.size > 0 && writesUnderWay.has(SecretPath.of(tenant, namespace, key).toString());
  }

  /** Undefined when the secret is there, or when that is not known. Counts only where a cache hit would. */
  absence(path: SecretPath): Absence | undefined {
    return this.#catalogue.absence(path);
  }

  /** What is known of the tenant in each store that is listed, by the store's name. */
  overview(tenant: string): ReadonlyMap<string, StoreOverview> {
    const listed = this.#catalogue.sections().filter(({ options, loaded }) => options.tenant === tenant && loaded);
    return new Map(
      listed.map(({ options, size, drifted }): [string, StoreOverview] => {
        const drift = { appeared: 0, changed: 0, deleted: 0 };
        for (const { kind, entry } of drifted.all) if (!drifted.isIgnored(entry)) drift[kind] += 1;
        return [options.manager, { secrets: size, drift }];
      }),
    );
  }

  /**
   * Whether lists of this process tell that the secret was changed without Coffer: not while it is ignored, until it is changed so
   * anew. Answers false for one that was not, as far as is remembered.
   */
  ignoreDrift(tenant: string, place: Pick<SecretPath, 'namespace' | 'key'>, ignored: boolean): boolean {
    const sections = this.#catalogue.sections().filter(({ options }) => options.tenant === tenant);
    return sections.filter(({ drifted }) => drifted.ignore(place, ignored)).length > 0;
  }

  /** Records may have been missed: no absence counts before the next scan. */
  markSuspect(): void {
    this.#catalogue.markSuspect();
  }

  #schedulerOf(store: CataloguedStore): ScanScheduler {
    let scheduler = this.#schedulers.get(store);
    if (scheduler === undefined) {
      const { refresh, metrics, logger, now } = this.options;
      const signal = this.#closing.signal;
      const settled = (tenant: string): void => this.#unknown.release(tenant);
      scheduler = new ScanScheduler(store, {
        catalogue: this.#catalogue,
        refresh,
        metrics,
        logger,
        now,
        signal,
        settled,
      });
      this.#schedulers.set(store, scheduler);
    }
    return scheduler;
  }

  async #firstScan(scan: Promise<void>, { name: manager }: CataloguedStore): Promise<void> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new CofferError('unavailable', `the store of ${manager} is still being listed`, { manager })),
      FIRST_SCAN_TIMEOUT_MS,
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
