import { KeyRing } from '@coffer/crypto';
import type { Fence, Mutation, Outcome, SecretMetadata, SecretPath, SecretValue } from '@coffer/secrets';
import type { Capabilities } from './capabilities.js';

/** What every call to a store is given. An adapter hands `signal` to its client, or races it where the client has no such thing. */
export interface CallOptions {
  /** Aborted when the caller's deadline passes; the adapter then throws `timeout`. A write may still land afterwards. */
  readonly signal: AbortSignal;
}

/** As for any call; the fence orders the mutations of a path, whatever the order in which they reach the store. */
export interface ApplyOptions extends CallOptions {
  readonly fence: Fence;
  /**
   * When the mutation was accepted, in whole milliseconds since the Unix epoch by the log's clock: the same for every attempt at
   * it. Kept beside the fence. Absent where it is unknown.
   */
  readonly changed?: number;
}

/** What a store can be asked to apply: any mutation but a drop. */
export type StoreMutation = Mutation<'put' | 'patch' | 'delete'>;

export interface StoredSecret {
  readonly value: SecretValue;
  readonly metadata: SecretMetadata;
  /** Opaque; two reads with equal versions saw the same write. */
  readonly version: string;
  /** Fence of the write that made this version; absent where it was made outside Coffer. A lower one than was committed is stale. */
  readonly fence?: Fence;
  /**
   * How many puts and deletes of this secret were applied, from 1 on: one more with each, while a patch, a replay and what a
   * higher fence supersedes leave it as it is. Exact where writes are `atomic`, growing where they are `checked`. Of a secret
   * that was made outside Coffer: the store's own count of its versions where there is one of up to 31 bits, else 1.
   */
  readonly revision: number;
  /** When the latest change through Coffer was accepted, as `ApplyOptions` said; absent where the store does not know. */
  readonly changed?: number;
}

/** A secret as lists show it: everything but the value. */
export interface SecretEntry {
  readonly path: SecretPath;
  readonly metadata: SecretMetadata;
  readonly version: string;
  readonly revision: number;
  readonly changed?: number;
}

export interface ListScope {
  readonly tenant: string;
  /** The only namespace to list, without its children; defaults to every namespace of the tenant. */
  readonly namespace?: string;
}

/** The records of a store whose values Coffer seals itself. */
export interface SealedRecords {
  /** What seals them; its keys may be replaced while the store is open. */
  readonly ring: KeyRing;

  /**
   * Some of the records behind the one at `after`, in an order that stays; none where there are no more. Tombstones, which hold no
   * value, are left out. A record that is there during the whole walk is in it.
   */
  page(after: string | undefined, call: CallOptions): Promise<readonly SealedRecord[]>;
}

export interface SealedRecord {
  readonly path: SecretPath;
  /** Where the walk goes on. */
  readonly cursor: string;
  /** The id of the key that sealed it; `undefined` for what is no envelope. */
  readonly keyId: string | undefined;

  /**
   * Seals the value that the store holds now with the active key, where another one has sealed it. The condition is that nobody has
   * changed the record since it was read, so no write is overwritten; fence, version and metadata stay. Throws `corrupt` for a value
   * that does not open, `conflict` where others change it all the time.
   */
  reseal(call: CallOptions): Promise<void>;
}

/** The id of the key that sealed an envelope; `undefined` for what is none. */
export const sealingKeyOf = (envelope: Uint8Array): string | undefined => {
  try {
    return KeyRing.keyIdOf(envelope);
  } catch {
    return undefined;
  }
};

/**
 * One store, behind the smallest port that all of them can serve. An adapter translates and nothing else: deadlines,
 * retries, limits, default tags and metrics exist once, in the facade above.
 *
 * Concurrency: all methods may be called in parallel, also for one path. Per path the worker applies at most one mutation at
 * a time, but a call whose signal was aborted may still be under way in the store when the next one arrives; with the
 * capability `atomic` the fence makes the later one win whatever the order.
 *
 * Errors: `CofferError` with a store's code and nothing else. `denied`, `unauthenticated`, `throttled`, `unavailable`
 * and `timeout` are never reported as absence. No error carries a value, a credential or a vendor's error.
 */
export interface Backend {
  readonly capabilities: Capabilities;

  /** Absent where the store seals values itself, and Coffer hands them over. */
  readonly sealed?: SealedRecords | undefined;

  /** The secret, or `undefined` when the store says that there is none. As fresh as the store's own consistency. */
  read(path: SecretPath, call: CallOptions): Promise<StoredSecret | undefined>;

  /** Applies one mutation under its fence. A delete keeps fence and revision where the store can keep them. */
  apply(mutation: StoreMutation, options: ApplyOptions): Promise<Outcome>;

  /**
   * Pages of entries in the store's own order, each path once even while writes go on. A secret that exists during the
   * whole listing is in it. The iterator may be left at any page.
   *
   * A page is one call to the store, or a small bounded number of calls, made when it is asked for: deadlines and rate
   * limits count pages. It may be empty. An entry's version is the one that `read` and the write tell for the same state.
   */
  list(scope: ListScope, call: CallOptions): AsyncIterable<readonly SecretEntry[]>;

  /** Resolves when the store answers and accepts the credentials; throws the reason otherwise. */
  check(call: CallOptions): Promise<void>;

  /** Releases connections. Calls under way may fail with `unavailable`. Idempotent. */
  close(): Promise<void>;
}
