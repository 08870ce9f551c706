import type { Backend } from '@coffer/backend-contract';
import { Authority, type CommitRecord, type LogEntry } from '@coffer/coherence';
import { SecretPath, type Applied, type SecretMetadata } from '@coffer/secrets';
import type { Drift } from './drift.js';
import type { CatalogueEntry } from './entry.js';
import { Section, type Absence } from './section.js';
import type { RecordBytes, State } from './recent-records.js';
import { WritesUnderWay } from './writes-under-way.js';

/** A store and what it serves, as the catalogue sees it. */
export interface CataloguedStore {
  /** Unique in a process. */
  readonly name: string;
  readonly backend: Pick<Backend, 'list' | 'read' | 'capabilities'> & {
    /** Whether callers see a secret with this metadata. */
    shows(secret: { readonly metadata: SecretMetadata }): boolean;
  };
}

/** Which store serves what; the same scope always gets the same object. */
export interface CataloguedStores {
  /** The store of a namespace; without one, the tenant's default. */
  forNamespace(tenant: string, namespace?: string): CataloguedStore;
  /** All that serve any namespace of the tenant, each once. */
  forTenant(tenant: string): readonly CataloguedStore[];
}

export interface CatalogueOptions {
  readonly managers: CataloguedStores;
  /** What a COMMIT seals; throws for what cannot be opened. */
  readonly open: (path: SecretPath, record: CommitRecord) => Omit<Applied, 'outcome'>;
  /** Milliseconds; only differences count. Absences are judged on it, so it must be the clock of leases. */
  readonly now: () => number;
  /** The replay window: how long records are remembered. */
  readonly windowMs: number;
  /** Bounds the records that are remembered. Defaults to `RECORDS_MAX_BYTES`. */
  readonly recordsMaxBytes?: number;
  /** Called with a path whose state a record left open; answer with `clarify`. */
  readonly uncertain: (path: SecretPath, store: CataloguedStore) => void;
  /** Called with what a scan found changed without Coffer. Defaults to nobody. */
  readonly drifted?: (tenant: string, drift: Drift) => void;
}

/** Bounds all records of the window, some 400 bytes for each path; beyond it the largest section forgets its oldest. */
export const RECORDS_MAX_BYTES = 64 * 1024 * 1024;

/** A store without strong reads may list what was for so long after a write. */
export const LIST_LAG_MS = 300_000;

/**
 * What exists, without values: for every tenant in use, a section for each of its stores. Follows the log record by
 * record, in one synchronous step each; scans fill it and find what changed behind Coffer's back.
 */
export class Catalogue {
  readonly #authorities = new Map<number, Authority>();
  readonly #sections = new Map<string, Map<CataloguedStore, Section>>();
  readonly #records: RecordBytes = { bytes: 0 };
  readonly writesUnderWay: WritesUnderWay;
  #evictions = 0;

  constructor(private readonly options: CatalogueOptions) {
    this.writesUnderWay = new WritesUnderWay(options.windowMs);
  }

  /** What is remembered of records, and how many were forgotten before their time. */
  get memory(): { readonly bytes: number; readonly limitBytes: number; readonly evictions: number } {
    const { recordsMaxBytes: limitBytes = RECORDS_MAX_BYTES } = this.options;
    return { bytes: this.#records.bytes, limitBytes, evictions: this.#evictions };
  }

  /** Takes a record into account. Never throws. */
  read(entry: LogEntry): void {
    let authority = this.#authorities.get(entry.shard);
    if (authority === undefined) this.#authorities.set(entry.shard, (authority = new Authority()));
    if (!authority.admit(entry)) return;
    this.writesUnderWay.read(entry);
    if (entry.record.type === 'COMMIT') this.#commit(entry.record, entry.timestamp);
  }

  /** The section of a store, made at first use; empty until a scan of it is finished. */
  section(tenant: string, store: CataloguedStore): Section {
    let sections = this.#sections.get(tenant);
    if (sections === undefined) this.#sections.set(tenant, (sections = new Map<CataloguedStore, Section>()));
    let section = sections.get(store);
    if (section === undefined) sections.set(store, (section = this.#newSection(tenant, store)));
    return section;
  }

  /** Whether a secret of the tenant is known. */
  holds(tenant: string): boolean {
    const sections = this.#sections.get(tenant)?.values() ?? [];
    for (const { size } of sections) if (size > 0) return true;
    return false;
  }

  /** Drops what is known of a tenant in a store. */
  forget(tenant: string, store: CataloguedStore): void {
    const sections = this.#sections.get(tenant);
    sections?.get(store)?.recent.clear();
    sections?.delete(store);
    if (sections?.size === 0) this.#sections.delete(tenant);
  }

  /**
   * Asks the store for all of its list and takes it over. `progress` is called after each page with the number of entries so far.
   * Throws what the store throws; what was known before then stays.
   */
  async scan(
    tenant: string,
    store: CataloguedStore,
    signal: AbortSignal,
    progress: (found: number) => void = () => undefined,
  ): Promise<Drift | undefined> {
    const section = this.section(tenant, store);
    const scan = section.begin(this.options.now());
    for await (const page of store.backend.list({ tenant }, { signal })) {
      scan.add(page);
      // No page more for a scan that is in vain.
      section.requireRecords(scan);
      progress(scan.found);
    }
    const drift = section.finish(scan);
    if (drift !== undefined && drift.secrets.length > 0) this.options.drifted?.(tenant, drift);
    return drift;
  }

  /** Asks the store for one path whose latest record left its state open. Throws what the store throws. */
  async clarify(path: SecretPath, store: CataloguedStore, signal: AbortSignal): Promise<void> {
    const section = this.section(path.tenant, store);
    const record = section.recent.find(path);
    if (record?.state !== 'unknown') return;
    const at = this.options.now();
    const stored = await store.backend.read(path, { signal });
    const state = stored === undefined ? 'absent' : section.interner.entry(path, stored);
    section.settle(record, state, at);
  }

  /** What is known of a secret, where a scan of its store was finished. */
  known(path: SecretPath, store: CataloguedStore): CatalogueEntry | undefined {
    const section = this.#sections.get(path.tenant)?.get(store);
    return section?.loaded === true ? section.find(path) : undefined;
  }

  /** Undefined when the secret is there, or when that is not known. */
  absence(path: SecretPath): Absence | undefined {
    const store = this.options.managers.forNamespace(path.tenant, path.namespace);
    return this.#sections.get(path.tenant)?.get(store)?.absence(path);
  }

  /** Takes nothing for absent before the next scan. To be called when records may have been missed. */
  markSuspect(): void {
    for (const section of this.sections()) section.markSuspect();
  }

  sections(): Section[] {
    return Array.from(this.#sections.values(), (sections) => [...sections.values()]).flat();
  }

  #commit(record: CommitRecord, timestamp: number): void {
    const path = SecretPath.tryParse(record.path);
    if (path === undefined) return;
    const store = this.options.managers.forNamespace(path.tenant, path.namespace);
    const known = this.#sections.get(path.tenant)?.get(store);
    // What nobody asked for is read from the store when it is; only a list that lags needs to be told before.
    if (known === undefined && store.backend.capabilities.strongReads) return;
    const section = known ?? this.section(path.tenant, store);
    const state = this.#stateOf(path, record, section, store, timestamp);
    const news = section.read({ path, fence: record.fence, state, at: this.options.now() });
    if (news && state === 'unknown') this.options.uncertain(path, store);
    this.#makeRoom();
  }

  #makeRoom(): void {
    const { recordsMaxBytes = RECORDS_MAX_BYTES } = this.options;
    while (this.#records.bytes > recordsMaxBytes) {
      const largest = this.sections().reduce((most, each) => (each.recent.size > most.recent.size ? each : most));
      if (largest.recent.size === 0) return;
      largest.forgetOldest();
      this.#evictions += 1;
    }
  }

  #stateOf(
    path: SecretPath,
    record: CommitRecord,
    section: Section,
    { backend }: CataloguedStore,
    timestamp: number,
  ): State {
    if (record.outcome === 'superseded' || record.kind === 'drop') return 'unknown';
    if (record.kind === 'delete') return 'absent';
    try {
      const written = this.options.open(path, record);
      if (!backend.shows(written)) return 'absent';
      return section.interner.entry(path, written, written.changed ?? timestamp);
    } catch {
      return 'unknown';
    }
  }

  #newSection(tenant: string, store: CataloguedStore): Section {
    const { managers, windowMs } = this.options;
    return new Section({
      tenant,
      manager: store.name,
      owns: (namespace) => managers.forNamespace(tenant, namespace) === store,
      windowMs,
      records: this.#records,
      lagMs: store.backend.capabilities.strongReads ? 0 : LIST_LAG_MS,
    });
  }
}
