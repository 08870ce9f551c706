import type { ErrorCode, Fence, MutationKind } from '@coffer/secrets';

/** An offset in a shard of the coherence log. Offsets of a shard grow; they need not be dense. */
export type LogOffset = bigint;

/** A coordinator takes its shard over; its epoch is this record's own offset. */
export interface EpochRecord {
  readonly type: 'EPOCH';
  /** Unique for every take-over, so that its writer knows its own record again; names the process (`claimOf`). */
  readonly claim: string;
}

/** Each named instance holds a lease from its reading of this record until the time it sent that heartbeat + T. */
export interface GrantRecord {
  readonly type: 'GRANT';
  readonly epoch: LogOffset;
  /** May be empty: then the record tells the epoch to who reads only the log's end. */
  readonly leases: readonly { readonly instance: string; readonly nonce: number }[];
}

/**
 * A coordinator leaves: it grants nothing any more, and no lease of its epoch or an earlier one is alive but these.
 * Its successor waits for them alone.
 */
export interface HandoverRecord {
  readonly type: 'HANDOVER';
  readonly epoch: LogOffset;
  /** `remaining`: milliseconds, from before this record was written, after which the lease is over for certain. */
  readonly leases: readonly { readonly instance: string; readonly remaining: number }[];
}

/** A worker takes a mutation partition over; it is known from then on by this record's own offset. */
export interface OwnerRecord {
  readonly type: 'OWNER';
  readonly partition: number;
  /** Unique for every take-over, so that its writer knows its own record again; names the process (`claimOf`). */
  readonly claim: string;
}

/** What the owner of a partition says about one mutation. Void when `owner` is not the partition's latest OWNER. */
interface OwnedRecord {
  readonly partition: number;
  readonly owner: LogOffset;
  /** `SecretPath.toString()`, or whatever a mutation that cannot be opened claimed. */
  readonly path: string;
  readonly fence: Fence;
  readonly operation: string;
}

/** From here to the end of the fence, the key is neither read from nor filled into any cache. */
export interface PrepareRecord extends OwnedRecord {
  readonly type: 'PREPARE';
  /** Counts the PREPAREs of one fence by one owner, so that the owner knows when it sent the one it reads back. */
  readonly prepareNumber: number;
}

/** Every reader has read past that PREPARE, or holds no lease. Void when `epoch` is not the shard's latest EPOCH. */
export interface ClearedRecord {
  readonly type: 'CLEARED';
  readonly epoch: LogOffset;
  readonly prepareOffset: LogOffset;
}

/** What a gateway needs to answer its caller, beside the record's own identity. */
interface EndRecord extends OwnedRecord {
  readonly kind: MutationKind;
  /** HMAC of what was asked, so that the same operation id with another payload is noticed. */
  readonly fingerprint: string;
}

/** The store answered: the fence and every lower one of the path has ended. */
export interface CommitRecord extends EndRecord {
  readonly type: 'COMMIT';
  /** `superseded`: the store already held a higher fence. */
  readonly outcome: 'applied' | 'superseded';
  /** Envelope of the secret's metadata and version after the write; empty where there is nothing to tell. */
  readonly sealed: Uint8Array;
}

/** The mutation failed for good and the store is as before; ends that PREPARE only. */
export interface AbortRecord extends EndRecord {
  readonly type: 'ABORT';
  readonly code: ErrorCode;
  /** Absent when the mutation was never prepared. */
  readonly prepareOffset?: LogOffset;
  /** What the mutation was sealed as (see `Attempt`), so that a copy of it has no effect. Absent where it does not open. */
  readonly seal?: string;
  /**
   * The mutation is not what a gateway queued there: path, operation and fingerprint are what it claims. Says something
   * to the gateway alone that queued a mutation at that very place.
   */
  readonly claimed?: true;
}

export type LogRecord =
  EpochRecord | GrantRecord | HandoverRecord | OwnerRecord | PrepareRecord | ClearedRecord | CommitRecord | AbortRecord;

/** A record as it is read back. */
export interface LogEntry {
  readonly shard: number;
  readonly offset: LogOffset;
  /** When the log took it, in milliseconds since the Unix epoch, by the log's clock. */
  readonly timestamp: number;
  readonly record: LogRecord;
}
