import type { Catalogue, CataloguedStore, Drift, Section } from '@coffer/catalogue';
import type { Logger, Metrics } from '@coffer/observability';
import { CofferError, type SecretPath } from '@coffer/secrets';

/** What the scans of all stores share. */
export interface ScanOptions {
  readonly catalogue: Catalogue;
  /** Milliseconds between two scans of a tenant, spread by a fifth to both sides. */
  readonly refresh: number;
  readonly metrics: Metrics;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly now: () => number;
  /** Aborted when the process ends. */
  readonly signal: AbortSignal;
  /** Called with a tenant that turned out to have secrets, or of which nothing is kept any more. */
  readonly settled: (tenant: string) => void;
}

const FIRST_RETRY_DELAY_MS = 1_000;
const MAX_RETRY_DELAY_MS = 60_000;
const PROGRESS_INTERVAL_MS = 2_000;
/**
 * A tenant that nobody has asked for during this time is forgotten; one without a secret when its next scan
 * would be due.
 */
const IDLE_TIMEOUT_MS = 3_600_000;

/**
 * The scans of one store, one after the other, so that they leave the store's rate to reads. Scans of a tenant
 * repeat for as long as somebody asks for it.
 */
export class ScanScheduler {
  #last: Promise<unknown> = Promise.resolve();
  readonly #waiting = new Map<string, Promise<void>>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #used = new Map<string, number>();
  readonly #failures = new Map<string, number>();

  constructor(
    private readonly store: CataloguedStore,
    private readonly options: ScanOptions,
  ) {}

  /** The section, which is in use from here on. */
  use(tenant: string): Section {
    if (this.#used.get(tenant) !== Infinity) this.#used.set(tenant, this.options.now());
    return this.#section(tenant);
  }

  /** Scans the tenant now, and again and again as long as the process runs. */
  keep(tenant: string): void {
    this.#used.set(tenant, Infinity);
    this.scan(tenant).catch(() => undefined);
  }

  /** Resolves after a scan that began after this call; throws what the store throws. */
  scan(tenant: string): Promise<void> {
    const waiting = this.#waiting.get(tenant);
    if (waiting !== undefined) return waiting;
    const scan = this.#last.then(() => this.#run(tenant));
    this.#waiting.set(tenant, scan);
    this.#last = scan.catch(() => undefined);
    return scan;
  }

  /** As `scan`, but one under way will do. */
  first(tenant: string): Promise<void> {
    return this.#running.get(tenant) ?? this.scan(tenant);
  }

  /** Asks the store for one path, or failing that for all. */
  clarify(path: SecretPath): void {
    const { catalogue, signal } = this.options;
    catalogue.clarify(path, this.store, signal).catch(() => this.#soon(path.tenant, FIRST_RETRY_DELAY_MS));
  }

  /** Nothing is kept of the tenant; a scan that is under way ends in vain. */
  forget(tenant: string): void {
    clearTimeout(this.#timers.get(tenant));
    this.#timers.delete(tenant);
    this.#used.delete(tenant);
    this.#failures.delete(tenant);
    this.options.catalogue.forget(tenant, this.store);
    this.options.settled(tenant);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #run(tenant: string): Promise<void> {
    this.#waiting.delete(tenant);
    const running = this.#scan(tenant).finally(() => this.#running.delete(tenant));
    this.#running.set(tenant, running);
    return running;
  }

  async #scan(tenant: string): Promise<void> {
    const { catalogue, metrics, logger, refresh, now, signal } = this.options;
    if (signal.aborted) throw new CofferError('unavailable', 'the process is ending');
    const { name: manager } = this.store;
    const wall = Date.now();
    const began = now();
    const section = this.#section(tenant);
    const first = !section.loaded;
    let said = began;
    const progress = (found: number): void => {
      if (now() - said < PROGRESS_INTERVAL_MS) return;
      said = now();
      logger.info({ manager, tenant, found, milliseconds: Math.round(said - began) }, 'listing the store');
    };
    const observe = (outcome: string): void =>
      metrics.catalogueScans.observe({ manager, outcome }, (now() - began) / 1_000);
    try {
      const drift = await catalogue.scan(tenant, this.store, signal, progress);
      observe('ok');
      metrics.catalogueScanned.set({ manager }, wall / 1_000);
      this.#drifted(tenant, drift);
      const secrets = section.size;
      if (secrets > 0) this.options.settled(tenant);
      if (first)
        logger.info({ manager, tenant, secrets, milliseconds: Math.round(now() - began) }, 'the store is listed');
      this.#failures.delete(tenant);
      this.#soon(tenant, refresh * (0.8 + 0.4 * Math.random()));
    } catch (err) {
      observe(CofferError.is(err) ? err.code : 'internal');
      if (!signal.aborted) logger.warn({ manager, tenant, err }, 'could not list the store; trying again');
      const failures = this.#failures.get(tenant) ?? 0;
      this.#failures.set(tenant, failures + 1);
      this.#soon(
        tenant,
        Math.min(MAX_RETRY_DELAY_MS, FIRST_RETRY_DELAY_MS * 2 ** failures) * (0.5 + 0.5 * Math.random()),
      );
      throw err;
    }
  }

  #section(tenant: string): Section {
    return this.options.catalogue.section(tenant, this.store);
  }

  #drifted(tenant: string, drift: Drift | undefined): void {
    const { metrics, logger } = this.options;
    const { name: manager } = this.store;
    if (drift === undefined || drift.appeared + drift.changed + drift.deleted === 0) return;
    for (const kind of ['appeared', 'changed', 'deleted'] as const) {
      metrics.catalogueDrift.inc({ manager, kind }, drift[kind]);
    }
    const { appeared, changed, deleted } = drift;
    logger.warn({ manager, tenant, appeared, changed, deleted }, 'secrets were changed in the store without Coffer');
  }

  /** One timer for each tenant: the latest. */
  #soon(tenant: string, milliseconds: number): void {
    if (this.options.signal.aborted) return;
    clearTimeout(this.#timers.get(tenant));
    const timer = setTimeout(() => {
      this.#timers.delete(tenant);
      if (this.#idle(tenant)) return this.forget(tenant);
      this.first(tenant).catch(() => undefined);
    }, milliseconds);
    this.#timers.set(tenant, timer.unref());
  }

  #idle(tenant: string): boolean {
    const { now, refresh } = this.options;
    const unused = now() - (this.#used.get(tenant) ?? -Infinity);
    return unused > (this.#section(tenant).size === 0 ? Math.min(refresh / 2, IDLE_TIMEOUT_MS) : IDLE_TIMEOUT_MS);
  }
}
