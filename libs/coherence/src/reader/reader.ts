import { generationOf, type Fence } from '@coffer/secrets';
import { Authority } from '../authority.js';
import type { LogEntry, LogOffset } from '../log-record.js';
import { ALL_RULES, type Rules } from '../rules.js';
import type { Timing } from '../timing.js';
import type { EntryStamp, ReaderEffect, ReaderEvent } from './events.js';
import type { StoreLoad } from './store-load.js';
import { KeyIndex } from './key-index.js';
import { Lease } from './lease.js';

export interface ReaderOptions {
  readonly shard: number;
  /** Unique for every life of the process, as a UUID is. */
  readonly instance: string;
  readonly timing: Pick<Timing, 'leaseMs' | 'windowMs' | 'callTimeoutMs'>;
  /**
   * `strict`: a hit is never older than an acknowledged write. `bounded`: no write waits for this reader, which holds
   * no lease and serves what it does not know to be old.
   */
  readonly mode: 'strict' | 'bounded';
  /** Bounds the keys that are remembered. Defaults to no limit. Beyond it a shared cache is used less: see `KeyIndex`. */
  readonly keysMaxBytes?: number;
}

/**
 * The reader of one shard in one gateway: says what a cache may serve and keep (rules 1 to 6 of the protocol). It holds
 * no values. Every entry, in whichever cache, carries an `EntryStamp`; every call to the store for a key that may be
 * cached is a `StoreLoad`.
 *
 * Pure: `now` is in milliseconds of an `ElapsedTime`. Log and time arrive by `handle`. The other methods change nothing,
 * and their answers hold for the synchronous step in which they were given.
 */
export class Reader {
  readonly #keys: KeyIndex;
  readonly #lease: Lease;
  #authority: Authority;
  #position: LogOffset = 0n;
  /** The highest one read; 0 before the first. */
  #generation = 0;
  #reading = false;
  #left = false;

  constructor(
    private readonly options: ReaderOptions,
    private readonly rules: Rules = ALL_RULES,
  ) {
    this.#keys = new KeyIndex(options.timing.windowMs, rules, options.keysMaxBytes);
    this.#lease = new Lease(options.timing, rules);
    this.#authority = new Authority(rules);
  }

  /** Everything below it has been read. */
  get position(): LogOffset {
    return this.#position;
  }

  /** Keys remembered. */
  get size(): number {
    return this.#keys.size;
  }

  /** What the keys take up, and how many were forgotten before their time. */
  get memory(): { readonly bytes: number; readonly evictions: number } {
    return this.#keys;
  }

  /** Counts changes of keys: a mark to ask `changedSince` about, for a scan of many keys. */
  get changes(): number {
    return this.#keys.changes;
  }

  /** Whether a hit of an unblocked key may be served. */
  leased(now: number): boolean {
    if (this.#left || !this.#reading) return false;
    return now < this.#lease.until || this.options.mode === 'bounded' || !this.rules.lease;
  }

  /** Whether a write of the key is under way. */
  blocked(path: string): boolean {
    return this.#keys.blocked(path);
  }

  /** The tag of an entry whose fill begins now; 0 where the log said nothing of the key within the window. */
  fence(path: string): bigint {
    return this.#keys.fence(path);
  }

  /** Whether a PREPARE or COMMIT of the key was read since `changes` was what was asked with, or all was forgotten. */
  changedSince(path: string, changes: number): boolean {
    return this.#keys.changedSince(path, changes);
  }

  /** Rules 1 and 3: whether this entry may be answered, in this very step. */
  hit(path: string, { tag, expires }: EntryStamp, now: number): boolean {
    return this.leased(now) && this.#keys.admits(path, tag) && (now < expires || !this.rules.expiry);
  }

  /** As `hit`, for an entry that was found in a shared cache. */
  hitShared(path: string, stamp: EntryStamp, now: number): boolean {
    return this.hit(path, stamp, now) && (this.#keys.isSure(path) || !this.rules.sure);
  }

  /** Rule 4: whether any cache may be asked for the key. */
  mayCache(path: string, now: number): boolean {
    return this.leased(now) && (!this.blocked(path) || !this.rules.block);
  }

  /** A call to the store begins: to be asked for before the store is. */
  beginLoad(path: string, now: number): StoreLoad {
    return { path, tag: this.fence(path), began: now, cacheable: this.mayCache(path, now), changes: this.changes };
  }

  /** Rule 4: whether a read that begins now may take the flight's answer. Otherwise it makes a call of its own. */
  mayJoin(flight: StoreLoad, now: number): boolean {
    return (this.#alive(flight, now) && this.mayCache(flight.path, now)) || !this.rules.join;
  }

  /** Rule 3: whether the flight's answer may be stored, under its tag, in any cache. It is answered in any case. */
  mayFill(flight: StoreLoad, now: number): boolean {
    return this.#alive(flight, now) && this.mayCache(flight.path, now) && this.#keys.admits(flight.path, flight.tag);
  }

  handle(event: ReaderEvent, now: number): ReaderEffect[] {
    switch (event.type) {
      case 'replay':
        return this.#replay(now);
      case 'log':
        return this.#reading ? this.#read(event.entry, now) : [];
      case 'tick':
        return this.#reading && this.#lease.due(now) ? this.#beat(now) : [];
      case 'leave':
        return this.#leave();
    }
  }

  /** A call that outlasts every deadline could outlast the window too, and with it the memory of what killed it. */
  #alive(flight: StoreLoad, now: number): boolean {
    const killed = this.#keys.changedSince(flight.path, flight.changes) && this.rules.kill;
    return flight.cacheable && !killed && now - flight.began <= this.options.timing.callTimeoutMs;
  }

  /** Rule 5. */
  #replay(now: number): ReaderEffect[] {
    this.#forget();
    this.#reading = true;
    return [{ type: 'forget' }, ...this.#beat(now)];
  }

  #forget(): void {
    this.#keys.clear();
    this.#lease.reset();
    this.#authority = new Authority(this.rules);
    this.#position = 0n;
  }

  #read(entry: LogEntry, now: number): ReaderEffect[] {
    const { record, offset, timestamp } = entry;
    if (offset < this.#position) return [];
    this.#position = offset + 1n;
    if (!this.#authority.admit(entry)) return [];
    if (record.type !== 'GRANT' && !this.rules.replay && this.#lease.until === -Infinity) return [];
    switch (record.type) {
      case 'GRANT':
        for (const { instance, nonce } of record.leases) {
          if (instance === this.options.instance) this.#lease.grant(nonce, now);
        }
        return [];
      case 'PREPARE':
        if (this.#isNewGeneration(record.fence)) return this.#askReplay();
        this.#keys.prepare(record.path, record.fence, timestamp);
        return this.leased(now) ? this.#tell({}) : [];
      case 'COMMIT':
        if (this.#isNewGeneration(record.fence)) return this.#askReplay();
        this.#keys.commit(record.path, record.fence, timestamp);
        return [{ type: 'evict', path: record.path, fence: record.fence }];
      case 'ABORT':
        this.#keys.abort(record.path, record.fence, timestamp);
        return [];
      default:
        return [];
    }
  }

  /** Rule 5. Before a first lease there is nothing that a new generation could make untrue. */
  #isNewGeneration(fence: Fence): boolean {
    const [generation, known] = [generationOf(fence), this.#generation];
    this.#generation = Math.max(generation, known);
    return known > 0 && generation > known && this.#lease.until > -Infinity;
  }

  #askReplay(): ReaderEffect[] {
    this.#forget();
    this.#reading = false;
    return [{ type: 'forget' }, { type: 'replay' }];
  }

  #beat(now: number): ReaderEffect[] {
    return this.#left ? [] : this.#tell({ nonce: this.#lease.send(now) });
  }

  #leave(): ReaderEffect[] {
    this.#left = true;
    return this.#tell({});
  }

  #tell(lease: { readonly nonce?: number }): ReaderEffect[] {
    if (this.options.mode === 'bounded') return [];
    const { shard, instance } = this.options;
    const heartbeat = { shard, instance, position: this.#position, leaving: this.#left, ...lease };
    return [{ type: 'heartbeat', heartbeat }];
  }
}
