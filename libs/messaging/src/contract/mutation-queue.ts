import type { MutationKind } from '@coffer/secrets';

/**
 * A mutation on its way to the worker, or in a dead letter, and the operation that it belongs to. Nothing in it is a value
 * in clear. Whoever may write to the queue can make up all of it but `body`: what it says of itself counts only once the
 * body has opened under it (`MessageSealer.openMutation`).
 */
export interface SealedMutation {
  /** 1; a record of another schema can only become a dead letter, and be replayed by a version that knows it. */
  readonly schema: number;
  readonly operation: string;
  readonly kind: MutationKind;
  /** `SecretPath.toString()`. Decides the partition, so that mutations of one path keep their order. */
  readonly path: string;
  /** HMAC of the mutation. */
  readonly fingerprint: string;
  /** W3C trace context of the request that caused it. */
  readonly traceparent?: string;
  /** When it was sealed, in milliseconds since the Unix epoch, by `LogTime`. */
  readonly sentAt: number;
  /** Envelope of the mutation, bound to the path, the operation, the partition and `sentAt`. */
  readonly body: Uint8Array;
}

/** What the mutation takes up in memory, without the value in clear. */
export const bytesOfMutation = ({ body, path }: Pick<SealedMutation, 'body' | 'path'>): number =>
  body.length + 2 * path.length + RECORD_BYTES;

/** What its other fields and what waits for it take up. */
const RECORD_BYTES = 1_000;

/** Where and when the queue took a mutation. */
export interface QueuePlace {
  readonly partition: number;
  readonly offset: bigint;
  /** In milliseconds since the Unix epoch, by the queue's clock. */
  readonly timestamp: number;
}

/** A mutation as the queue gives it to a worker, at its place. */
export interface Delivery extends QueuePlace {
  /** Its body was delivered before, in another place: a copy, which must have no effect. */
  readonly repeats?: boolean;
  readonly mutation: SealedMutation;
}

export interface MutationProducer {
  readonly partitions: number;
  /**
   * Resolves once the queue has the mutation as durably as this implementation promises. Rejects with `unavailable` when it
   * certainly has not and never will, and with `timeout` when it may have it. Once `signal` is aborted, a mutation that
   * certainly is not in the queue is given up at once, and one that may be is awaited further.
   */
  publish(mutation: SealedMutation, signal?: AbortSignal): Promise<QueuePlace>;
  /** Mutations of the path's partition that no worker has finished, as far as known here. For backpressure. */
  unfinished(path: string): number;
  /** As `unfinished`, of all partitions; and the bytes of them that this process published. */
  backlog(): { readonly mutations: number; readonly bytes: number };
  /** Whether the queue would take a record now, as far as known here; asks nobody. For health, not for deciding. */
  ready(): boolean;
  close(): Promise<void>;
}

export interface MutationHandler {
  /** This consumer now owns the partition. Deliveries of it begin when the promise resolves. */
  assigned(partition: number): Promise<void>;
  /** Another consumer may own the partition from now on; its unfinished deliveries here count for nothing any more. */
  revoked(partition: number): void;
  /**
   * Called in the order of offsets, without waiting for earlier deliveries to finish. When the promise resolves the
   * mutation is finished; a rejection leaves it unfinished, and it is delivered again to whoever owns the partition next.
   */
  deliver(delivery: Delivery): Promise<void>;
}

/**
 * A member of the one group of workers. Each partition belongs to one member at a time. What is committed is the lowest
 * unfinished offset, so a member that dies loses nothing, and its successor sees some finished mutations again.
 */
export interface MutationConsumer {
  start(handler: MutationHandler): Promise<void>;
  /** Commits what is finished and leaves the group. Deliveries under way are handed to the next owner. */
  close(): Promise<void>;
}
