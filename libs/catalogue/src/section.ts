import type { SecretEntry } from '@coffer/backend-contract';
import { CofferError, type SecretPath } from '@coffer/secrets';
import { driftBetween, DriftedSecrets, type Drift } from './drift.js';
import type { CatalogueEntry, Place } from './entry.js';
import { RunMerger } from './run-merger.js';
import { Interner } from './interner.js';
import { RecentRecords, type RecentRecord, type RecordBytes, type State } from './recent-records.js';
import { SortedEntries } from './sorted-entries.js';

/** What may stand for a store's "there is no such secret", where a cached answer would. */
export interface Absence {
  /** The fence of the latest record of the path that is taken in here; 0 for none within the window. */
  readonly tag: bigint;
  /** The store was asked then or later, or a record said so then; milliseconds on the catalogue's clock. */
  readonly since: number;
}

export interface SectionOptions {
  readonly tenant: string;
  /** The name of the manager whose store this is. */
  readonly manager: string;
  /** Whether the manager serves the namespace, for a store may hold more than is asked of it. */
  readonly owns: (namespace: string) => boolean;
  /** The replay window: how long records are remembered. */
  readonly windowMs: number;
  /** How long after a record the store's own list may not show it yet; 0 for a store with strong reads. */
  readonly lagMs: number;
  /** Where the records that it remembers are counted. */
  readonly records?: RecordBytes;
}

/** One pass over a store's list. What it finds counts once it is finished. */
export class Scan {
  readonly #merger = new RunMerger();
  readonly interner = new Interner();

  constructor(
    /** Before the store was asked; on the catalogue's clock. */
    readonly began: number,
    /** Changes when records were missed meanwhile. */
    readonly trust: number,
    private readonly owns: (namespace: string) => boolean,
  ) {}

  get found(): number {
    return this.#merger.size;
  }

  add(page: readonly SecretEntry[]): void {
    const owned = page.filter(({ path }) => this.owns(path.namespace));
    this.#merger.add(owned.map((entry) => this.interner.entry(entry.path, entry)));
  }

  finish(): CatalogueEntry[] {
    return this.#merger.finish();
  }
}

/**
 * What one manager's store holds of a tenant. Every record of the log goes to `read`, in the log's order; scans replace
 * the rest. A scan never overrides a path that has had records since it began, nor, in a store whose lists lag behind,
 * within that lag.
 */
export class Section {
  readonly recent: RecentRecords;
  /** What was changed in the store without Coffer, until Coffer writes it. */
  readonly drifted = new DriftedSecrets();
  #entries = new SortedEntries();
  #interner = new Interner();
  #scanned: number | undefined;
  #trust = 0;
  /** When the youngest of the records that were forgotten before their time was read. */
  #forgotten = -Infinity;

  constructor(readonly options: SectionOptions) {
    this.recent = new RecentRecords(options.windowMs, options.records);
  }

  /** Whether it knows the whole list. */
  get loaded(): boolean {
    return this.#scanned !== undefined;
  }

  get size(): number {
    return this.#entries.size;
  }

  get interner(): Interner {
    return this.#interner;
  }

  /** The entries in the order of lists; valid until something else runs. */
  list(namespace?: string): readonly CatalogueEntry[] {
    return namespace === undefined ? this.#entries.all : this.#entries.of(namespace);
  }

  find(place: Place): CatalogueEntry | undefined {
    return this.#entries.find(place);
  }

  /** Undefined when the secret is there, or when that is not known. */
  absence(path: SecretPath): Absence | undefined {
    if (this.#scanned === undefined || this.#entries.find(path) !== undefined) return undefined;
    const record = this.recent.find(path);
    if (record === undefined) return { tag: 0n, since: this.#scanned };
    const { fence, state, at } = record;
    if (state === 'unknown' && at >= this.#scanned - this.options.lagMs) return undefined;
    return { tag: fence, since: state === 'absent' ? Math.max(at, this.#scanned) : this.#scanned };
  }

  /** Takes a record into account. Answers false for one that says nothing new. */
  read(record: RecentRecord): boolean {
    if (!this.recent.note(record)) return false;
    this.drifted.forget(record.path);
    if (this.loaded) apply(this.#entries, record);
    return true;
  }

  /**
   * The store said after `at` what a record had left open; counts unless another record came since. That there is no such
   * secret does not count in a store that may still answer what was before the record.
   */
  settle(record: RecentRecord, state: State, at: number): void {
    if (this.recent.find(record.path) !== record) return;
    if (state === 'absent' && at < record.at + this.options.lagMs) return;
    const settled = { ...record, state, at };
    this.recent.replace(settled);
    if (this.loaded) apply(this.#entries, settled);
  }

  begin(now: number): Scan {
    return new Scan(now, this.#trust, this.options.owns);
  }

  /**
   * Forgets the oldest record before its time. What it left open is not known any more; a scan that may not show it yet
   * will not be taken over.
   */
  forgetOldest(): void {
    const record = this.recent.evict();
    if (record === undefined) return;
    this.#forgotten = Math.max(this.#forgotten, record.at);
    if (record.state === 'unknown') this.markSuspect();
  }

  /** Throws `unavailable` where records are forgotten that the scan may not show: it cannot be taken over any more. */
  requireRecords({ began }: Scan): void {
    const { manager, lagMs } = this.options;
    if (this.#forgotten < began - lagMs) return;
    const message = `more was written to the store of ${manager} while it was listed than is remembered; it is listed again`;
    throw new CofferError('unavailable', message, { manager });
  }

  /**
   * Takes a scan's findings over. Returns the drift from the log where there was something to compare. Throws
   * `unavailable` where records are forgotten that the scan may not show; what was known before then stays.
   */
  finish(scan: Scan): Drift | undefined {
    this.requireRecords(scan);
    const found = new SortedEntries(scan.finish());
    const since = scan.began - this.options.lagMs;
    for (const record of this.recent.since(this.loaded ? since : -Infinity)) {
      if (record.at >= since || isSaidBy(found, record)) apply(found, record);
    }
    // Of a secret that the store does not tell the time of, what says the same is kept.
    const keep = (at: number, before: CatalogueEntry): void => {
      if (before.changedAt !== undefined && found.all[at]?.changedAt === undefined) found.replace(at, before);
    };
    const drift = this.loaded ? driftBetween(this.#entries, found, keep) : undefined;
    if (drift !== undefined) this.drifted.add(drift);
    this.#entries = found;
    this.#interner = scan.interner;
    if (scan.trust === this.#trust) this.#scanned = Math.max(scan.began, this.#scanned ?? scan.began);
    else this.#scanned ??= -Infinity;
    return drift;
  }

  /** Takes nothing for absent from here on, before a scan that begins later is finished. */
  markSuspect(): void {
    this.#trust += 1;
    if (this.#scanned !== undefined) this.#scanned = -Infinity;
  }
}

/** Whether the store shows just what the record said; the record knows when that was. */
const isSaidBy = (found: SortedEntries, { path, state }: RecentRecord): boolean =>
  typeof state === 'object' && found.find(path)?.version === state.version;

/** What is unknown is left as the store or an earlier record says. */
const apply = (entries: SortedEntries, { path, state }: RecentRecord): void => {
  if (state === 'absent') entries.delete(path);
  else if (state !== 'unknown') entries.put(state);
};
