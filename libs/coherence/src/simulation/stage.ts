import { fenceOf, type Fence } from '@coffer/secrets';
import { Applier } from '../applier/applier.js';
import type { ApplierEvent, Attempt } from '../applier/events.js';
import { Coordinator } from '../coordinator/coordinator.js';
import type { CoordinatorEvent } from '../coordinator/events.js';
import type { Heartbeat } from '../heartbeat.js';
import type { LogEntry, LogOffset, LogRecord, PrepareRecord } from '../log-record.js';
import type { EntryStamp, ReaderEvent } from '../reader/events.js';
import type { StoreLoad } from '../reader/store-load.js';
import { Reader } from '../reader/reader.js';
import type { Rules } from '../rules.js';
import { ENTRY_TTL_MS, SIMULATED_TIMING } from './timing.js';
import { SharedStore } from './shared-store.js';

/** The key of every scenario, and another one whose records let time pass in the log. */
export const KEY = 'main/company/key';
const OTHER_KEY = 'main/company/other';
const PARTITION = 1;

export const TIMING = SIMULATED_TIMING;
/** T + ε. */
export const LONGEST_LEASE = TIMING.leaseMs + TIMING.clockErrorMs;

export const fence = (number: number): Fence => fenceOf(1, BigInt(number));

const owned = (number: number, owner: LogOffset) => ({
  partition: PARTITION,
  owner,
  path: KEY,
  fence: fence(number),
  operation: `operation-${number}`,
});

export const prepare = (number: number, owner: LogOffset = 0n): PrepareRecord => ({
  type: 'PREPARE',
  ...owned(number, owner),
  prepareNumber: 1,
});

const end = (number: number, owner: LogOffset) => ({ ...owned(number, owner), kind: 'put', fingerprint: '' }) as const;

export const commit = (number: number, owner: LogOffset = 0n): LogRecord => ({
  type: 'COMMIT',
  ...end(number, owner),
  outcome: 'applied',
  sealed: new Uint8Array(),
});

export const abort = (number: number, owner: LogOffset = 0n): LogRecord => ({
  type: 'ABORT',
  ...end(number, owner),
  code: 'denied',
});

export const mutation = (number: number): Attempt => ({
  offset: BigInt(number),
  fence: fence(number),
  path: KEY,
  operation: `operation-${number}`,
  kind: 'put',
  fingerprint: '',
  manager: 'default',
});

interface Cached {
  readonly stamp: EntryStamp;
  readonly version: number;
}

/** A reader with one cached entry at most; it reads the log when it is told to. */
export class StagedReader {
  readonly reader: Reader;
  cached: Cached | undefined;
  #next = 0;

  constructor(
    private readonly stage: Stage,
    readonly instance: string,
    keysMaxBytes: number,
  ) {
    this.reader = new Reader({ shard: 0, instance, timing: TIMING, mode: 'strict', keysMaxBytes }, stage.rules);
  }

  /** Answers the last heartbeat that this led to. */
  handle(event: ReaderEvent): Heartbeat | undefined {
    const effects = this.reader.handle(event, this.stage.now);
    return effects.flatMap((effect) => (effect.type === 'heartbeat' ? [effect.heartbeat] : [])).at(-1);
  }

  /** Begins with the log at that place. */
  start(next = 0): Heartbeat | undefined {
    this.#next = next;
    this.cached = undefined;
    return this.handle({ type: 'replay' });
  }

  /** Reads on, to the end or for so many records. */
  follow(count = Infinity): Heartbeat | undefined {
    let heartbeat: Heartbeat | undefined;
    for (let read = 0; read < count && this.#next < this.stage.entries.length; read += 1) {
      const entry = this.stage.entries[this.#next++];
      if (entry !== undefined) heartbeat = this.handle({ type: 'log', entry }) ?? heartbeat;
    }
    return heartbeat;
  }

  /** Starts, and holds a lease of the epoch. */
  leased(epoch: LogOffset): this {
    const heartbeat = this.start();
    this.stage.grant(epoch, heartbeat);
    this.follow();
    return this;
  }

  begin(): StoreLoad & { readonly version: number } {
    return { ...this.reader.beginLoad(KEY, this.stage.now), version: this.stage.store.read(KEY).version };
  }

  /** Asks the store and keeps the answer, where that is allowed. */
  fill(): void {
    const { version, ...flight } = this.begin();
    if (!this.reader.mayFill(flight, this.stage.now)) return;
    this.cached = { stamp: { tag: flight.tag, expires: flight.began + ENTRY_TTL_MS }, version };
  }

  /** Reads the key: from the cache where that is allowed, else from the store. */
  get(from: 'hit' | 'hitShared' = 'hit'): void {
    const hit = this.cached !== undefined && this.reader[from](KEY, this.cached.stamp, this.stage.now);
    this.stage.served(hit ? (this.cached?.version ?? 0) : this.stage.store.read(KEY).version);
  }
}

/** A log, a store and what has been seen of it; the rest is the scenario's. Versions are the numbers of the writes. */
export class Stage {
  now = 0;
  readonly entries: LogEntry[] = [];
  readonly store: SharedStore;
  readonly violations: string[] = [];
  #acknowledged = 0;
  #seen = 0;

  constructor(
    readonly rules: Rules,
    conditional: boolean,
  ) {
    this.store = new SharedStore(conditional);
  }

  land(record: LogRecord): LogOffset {
    const offset = BigInt(this.entries.length);
    this.entries.push({ shard: 0, offset, timestamp: this.now, record });
    return offset;
  }

  epoch(claim = 'coordinator'): LogOffset {
    return this.land({ type: 'EPOCH', claim });
  }

  grant(epoch: LogOffset, heartbeat: Heartbeat | undefined): void {
    if (heartbeat?.nonce === undefined) throw new Error('no lease was asked for');
    this.land({ type: 'GRANT', epoch, leases: [{ instance: heartbeat.instance, nonce: heartbeat.nonce }] });
  }

  /** More than a window passes, in the log too. */
  outlastWindow(): void {
    this.now += TIMING.windowMs + 1;
    this.landOther();
  }

  /** A record about another key. */
  landOther(): void {
    this.land({ ...prepare(0), partition: PARTITION + 1, path: OTHER_KEY });
  }

  reader(instance = 'reader', keysMaxBytes = Infinity): StagedReader {
    return new StagedReader(this, instance, keysMaxBytes);
  }

  apply(number: number): void {
    this.store.write(KEY, fence(number), number, true);
  }

  /** The write is in the store, and somebody reads it there. */
  applyAndSee(number: number): void {
    this.apply(number);
    this.served(this.store.read(KEY).version);
  }

  /** The write is in the store, committed and acknowledged. */
  applyAndCommit(number: number, owner: LogOffset = 0n): void {
    this.apply(number);
    this.land(commit(number, owner));
    this.#acknowledged = Math.max(this.#acknowledged, number);
  }

  /** A whole write that meets no cache. */
  write(number: number): void {
    this.land(prepare(number));
    this.applyAndCommit(number);
  }

  served(version: number): void {
    if (version < this.#acknowledged)
      this.fail(`a read returned ${version} after ${this.#acknowledged} was acknowledged`);
    else if (version < this.#seen) this.fail(`a read returned ${version} after another had returned ${this.#seen}`);
    this.#seen = Math.max(this.#seen, version);
  }

  fail(violation: string): void {
    this.violations.push(violation);
  }

  coordinator(): { handle: (event: CoordinatorEvent) => LogRecord[]; follow: () => LogRecord[] } {
    const coordinator = new Coordinator({ timing: TIMING, alone: false, leases: true }, this.rules);
    let next = 0;
    const handle = (event: CoordinatorEvent): LogRecord[] =>
      coordinator.handle(event, this.now).flatMap((effect) => (effect.type === 'append' ? [effect.record] : []));
    const follow = (): LogRecord[] => {
      const records: LogRecord[] = [];
      for (let entry = this.entries[next]; entry !== undefined; entry = this.entries[(next += 1)]) {
        records.push(...handle({ type: 'log', entry }));
      }
      return records;
    };
    return { handle, follow };
  }

  /** In office since so long ago that it waits for none of its predecessors' leases. */
  seasonedCoordinator(): ReturnType<Stage['coordinator']> {
    const coordinator = this.coordinator();
    coordinator.handle({ type: 'start', claim: 'coordinator' });
    this.epoch();
    coordinator.follow();
    this.now += LONGEST_LEASE;
    return coordinator;
  }

  /** Owner of the partition, with write 1 prepared; what it appends lands, but it reads nothing by itself. */
  applier(): { handle: (event: ApplierEvent) => boolean; follow: () => boolean; readonly prepared: LogOffset } {
    const applier = new Applier({ partition: PARTITION, timing: TIMING }, this.rules);
    let [next, prepared] = [0, -1n];
    const handle = (event: ApplierEvent): boolean => {
      const effects = applier.handle(event, this.now);
      for (const effect of effects) {
        if (effect.type !== 'append') continue;
        const offset = this.land(effect.record);
        if (effect.record.type === 'PREPARE') prepared = offset;
      }
      return effects.some(({ type }) => type === 'apply');
    };
    /** Answers whether the store is to be asked. */
    const follow = (): boolean => {
      let applies = false;
      for (let entry = this.entries[next]; entry !== undefined; entry = this.entries[next]) {
        next += 1;
        applies = handle({ type: 'log', entry }) || applies;
      }
      return applies;
    };
    handle({ type: 'start', claim: 'worker' });
    follow();
    handle({ type: 'attempt', attempt: mutation(1) });
    return {
      handle,
      follow,
      get prepared() {
        return prepared;
      },
    };
  }
}
