import { GATEWAY_ERROR_CODES, STORE_ERROR_CODES, type ErrorCode } from '@coffer/secrets';
import type { AbortRecord, CommitRecord, LogEntry, PrepareRecord } from './log-record.js';
import { Authority } from './authority.js';
import { fenceKey, fingerprintKey, operationKey } from './recent/key.js';
import { RecentTable, type Row } from './recent/recent-table.js';

/** How an operation ended, as the log says. */
export type OperationEnd = CommitRecord | AbortRecord;

/** What is remembered of an operation that ended. */
export interface OperationFate {
  readonly type: 'COMMIT' | 'ABORT';
  /** The code of an ABORT. */
  readonly code?: ErrorCode;
  readonly tenant: string;
  /** The sealed outcome of a patch whose id was derived from an idempotency key: the request does not say its metadata. */
  readonly sealed?: Uint8Array;
  /** Whether that was asked for, as far as 128 bits tell. */
  hasFingerprint(fingerprint: string): boolean;
}

const CODES: readonly ErrorCode[] = [...STORE_ERROR_CODES, ...GATEWAY_ERROR_CODES];

const PENDING = 1;
const COMMITTED = 2;
const ABORTED = 3;

/** The words of a row: the status, the error code and the tenant's number in one, the fence, the fingerprint. */
const STATE = 0;
const FENCE = 1;
const FINGERPRINT = 3;
const WORDS = 7;
/** What an outcome takes up beside its bytes: the map's entry and the array's own header. */
const OUTCOME_BYTES = 200;
/** What a tenant's name takes up in one table, beside its characters. */
const TENANT_BYTES = 100;

/** What the rows of a slice of the window share. */
class Shared {
  readonly #tenants: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly outcomes = new Map<number, Uint8Array>();
  bytes = 0;

  numberOf(tenant: string): number {
    const known = this.#numbers.get(tenant);
    if (known !== undefined) return known;
    this.bytes += TENANT_BYTES + 2 * tenant.length;
    this.#numbers.set(tenant, this.#tenants.length);
    return this.#tenants.push(tenant) - 1;
  }

  tenant(number: number): string {
    return this.#tenants[number] ?? '';
  }

  keep(row: number, outcome: Uint8Array): void {
    this.bytes += OUTCOME_BYTES + outcome.length;
    this.outcomes.set(row, Uint8Array.from(outcome));
  }
}

const fenceIn = ({ table, row }: Row<Shared>): bigint =>
  (BigInt(table.word(row, FENCE)) << 32n) | BigInt(table.word(row, FENCE + 1));

const statusIn = ({ table, row }: Row<Shared>): number => table.word(row, STATE) & 3;

/** A path's tenant; also of what is no path. */
const tenantOf = (path: string): string => path.slice(0, Math.max(0, path.indexOf('/')));

/** Version 8: derived from an idempotency key, so the same caller may ask for it again. */
const isDerived = (operation: string): boolean => operation.length === 36 && operation[14] === '8';

/**
 * The fate of operations, as far as the log has been read. One table follows any number of shards, each in log order.
 * An operation that ended is remembered for the window, counted from the log's own time of its end. A COMMIT is final;
 * an ABORT ends one fence: when the operation is queued again, as a dead letter's is, a PREPARE of a higher fence puts it
 * under way again, and that fence's end overrides the ABORT.
 *
 * Beyond `maxBytes` the oldest ids that nobody can repeat are forgotten before their time (see `completeSince`). Ids that
 * were derived from idempotency keys are never forgotten early, since a repetition would be applied a second time: when
 * they alone take up the bytes the table is `full`, and no further one may be queued.
 */
export class OperationTable {
  readonly #authorities = new Map<number, Authority>();
  readonly #generated: RecentTable<Shared>;
  readonly #derived: RecentTable<Shared>;
  #completeSince = -Infinity;
  #evictions = 0;

  /** `windowMs`: the replay window. */
  constructor(
    private readonly windowMs: number,
    private readonly maxBytes = Infinity,
  ) {
    const options = { windowMs, words: WORDS, makeExtra: () => new Shared() };
    this.#generated = new RecentTable(options);
    this.#derived = new RecentTable(options);
  }

  /**
   * Takes a record into account; answers the end that it brings, if it brings one that was not known. `believes` says
   * whether an ABORT that only claims to be of its operation is so; by default none is.
   */
  read(entry: LogEntry, believes: (abort: AbortRecord) => boolean = () => false): OperationEnd | undefined {
    if (!this.#authority(entry.shard).admit(entry)) return undefined;
    this.forget(entry.timestamp - this.windowMs);
    const { record, timestamp } = entry;
    if (record.type === 'PREPARE') {
      this.#prepare(record, timestamp);
      return undefined;
    }
    if (record.type !== 'COMMIT' && record.type !== 'ABORT') return undefined;
    if (record.type === 'ABORT' && record.claimed === true && !believes(record)) return undefined;
    return this.#end(record, timestamp) ? record : undefined;
  }

  /** How an operation ended within the window; `pending` when it is known to be under way. */
  state(operation: string): OperationFate | 'pending' | undefined {
    const found = this.#find(operation);
    if (found === undefined) return undefined;
    const status = statusIn(found);
    if (status === PENDING) return 'pending';
    const { table, row, extra } = found;
    const state = table.word(row, STATE);
    const code = status === ABORTED ? CODES[(state >>> 2) & 63] : undefined;
    const sealed = extra.outcomes.get(row);
    return {
      type: status === COMMITTED ? 'COMMIT' : 'ABORT',
      tenant: extra.tenant(state >>> 8),
      ...(code === undefined ? {} : { code }),
      ...(sealed === undefined ? {} : { sealed }),
      hasFingerprint: (fingerprint) =>
        fingerprintKey(fingerprint).every((word, index) => table.word(row, FINGERPRINT + index) === word),
    };
  }

  /** Drops what is older than that, on the log's clock. */
  forget(before: number): void {
    this.#generated.forget(before);
    this.#derived.forget(before);
  }

  /** Operations remembered. */
  get size(): number {
    return this.#generated.size + this.#derived.size;
  }

  get bytes(): number {
    return this.#generated.bytes + this.#derived.bytes;
  }

  /** Derived ids alone take up the bytes: nothing that could be repeated may be queued. */
  get full(): boolean {
    return this.#derived.bytes >= this.maxBytes;
  }

  /** Operations that ended before this time, on the log's clock, may be unknown. */
  get completeSince(): number {
    return this.#completeSince;
  }

  /** Operations that were forgotten before their time. */
  get evictions(): number {
    return this.#evictions;
  }

  #find(operation: string): Row<Shared> | undefined {
    return this.#tableOf(operation).find(operationKey(operation));
  }

  #tableOf(operation: string): RecentTable<Shared> {
    return isDerived(operation) ? this.#derived : this.#generated;
  }

  #prepare(record: PrepareRecord, timestamp: number): void {
    const known = this.#find(record.operation);
    if (known !== undefined && knows(known, record)) return;
    const ended = known === undefined ? 0n : fenceIn(known);
    this.#put(record, timestamp, PENDING, ended);
  }

  #end(record: OperationEnd, timestamp: number): boolean {
    const known = this.#find(record.operation);
    if (known !== undefined && knows(known, record)) return false;
    const row = this.#put(record, timestamp, record.type === 'COMMIT' ? COMMITTED : ABORTED, record.fence);
    row.table.setWords(row.row, FINGERPRINT, fingerprintKey(record.fingerprint));
    if (record.type === 'COMMIT' && record.kind === 'patch' && isDerived(record.operation)) {
      row.extra.keep(row.row, record.sealed);
    }
    return true;
  }

  #put(record: PrepareRecord | OperationEnd, timestamp: number, status: number, fence: bigint): Row<Shared> {
    const { operation, path } = record;
    this.#makeRoom();
    const row = this.#tableOf(operation).put(operationKey(operation), timestamp);
    const code = record.type === 'ABORT' ? Math.max(0, CODES.indexOf(record.code)) : 0;
    const state = status | (code << 2) | (row.extra.numberOf(tenantOf(path)) << 8);
    const [high = 0, low = 0] = fenceKey(fence);
    row.table.setWord(row.row, STATE, state);
    row.table.setWord(row.row, FENCE, high);
    row.table.setWord(row.row, FENCE + 1, low);
    return row;
  }

  #makeRoom(): void {
    while (this.bytes >= this.maxBytes && this.#generated.size > 0) {
      const before = this.#generated.size;
      this.#completeSince = Math.max(this.#completeSince, this.#generated.evict() ?? -Infinity);
      this.#evictions += before - this.#generated.size;
    }
  }

  #authority(shard: number): Authority {
    let authority = this.#authorities.get(shard);
    if (authority === undefined) this.#authorities.set(shard, (authority = new Authority()));
    return authority;
  }
}

/** The record says nothing that the operation's end has not said: it repeats it, or comes late. */
const knows = (row: Row<Shared>, { type, fence }: PrepareRecord | OperationEnd): boolean =>
  statusIn(row) === COMMITTED || (type !== 'COMMIT' && fence <= fenceIn(row));
