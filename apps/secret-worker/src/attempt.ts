import type { Attempt } from '@coffer/coherence';
import { isStale, partitionOf, TOPICS, type Delivery, type SealedMutation } from '@coffer/messaging';
import { CofferError, fenceOf, type ErrorCode, type Mutation } from '@coffer/secrets';
import type { WorkerOptions } from './worker-options.js';

/** An attempt with what the applier does not need to know of it. */
export interface OpenedAttempt extends Attempt {
  readonly sealed: SealedMutation;
  /** When the queue took it, in milliseconds since the Unix epoch. */
  readonly changed: number;
  /** Absent where the attempt is poison. */
  readonly mutation?: Mutation;
}

/** How much of the end of a sealed body identifies it: it authenticates all of it, and nobody can make it without the key. */
const SEAL_BYTES = 16;

const sealOf = (body: Uint8Array): string =>
  Buffer.from(body.buffer, body.byteOffset, body.byteLength).subarray(-SEAL_BYTES).toString('base64url');

type OpenOptions = Pick<WorkerOptions, 'sealer' | 'stores' | 'generation'>;

/**
 * Opens a delivery of a queue of so many partitions. That a mutation does not open, was put into another partition than its
 * path belongs to, or is an old copy (`stale`) is a fact about the attempt (`poison`); it throws only what `stores` throws.
 */
export const openAttempt = (delivery: Delivery, partitions: number, options: OpenOptions): OpenedAttempt => {
  const { partition, offset, timestamp, mutation: sealed, repeats = false } = delivery;
  const { operation, kind, fingerprint, path, sentAt, body } = sealed;
  const base = {
    offset,
    fence: fenceOf(options.generation, offset),
    operation,
    kind,
    fingerprint,
    sealed,
    changed: timestamp,
  };
  const poisoned = (poison: ErrorCode, claimed = path) => ({ ...base, path: claimed, manager: '', poison });
  // Another partition's paths it cannot claim.
  if (partitionOf(path, partitions) !== partition) {
    return poisoned('corrupt', `${TOPICS.mutations}-${partition}-${offset}`);
  }
  let mutation: Mutation;
  try {
    mutation = options.sealer.openMutation(sealed, partition);
  } catch (error) {
    return poisoned(CofferError.is(error) ? error.code : 'corrupt');
  }
  if (isStale(timestamp, sentAt)) return poisoned('stale');
  return { ...base, path, mutation, repeats, seal: sealOf(body), manager: options.stores.of(mutation.path).name };
};
