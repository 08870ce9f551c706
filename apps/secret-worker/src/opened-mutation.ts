import { CofferError, SecretPath, type ErrorCode } from '@coffer/secrets';
import {
  isStale,
  partitionOf,
  TOPICS,
  type MessageSealer,
  type MutationDelivery,
  type MutationPayload,
} from '@coffer/messaging';

/** A mutation as the worker holds it: what it does, or why it is not what a gateway queued there. */
export type OpenedMutation =
  | { readonly path: SecretPath; readonly payload: MutationPayload; readonly seal: string }
  /** `claimed`: the path that it is to be known by; another partition's paths it cannot claim. */
  | { readonly poison: ErrorCode; readonly claimed: string };

/** The one shape of a record that this version understands. */
const SCHEMA = 1;
/** How much of the end of a sealed body identifies it: it authenticates all of it, and nobody can make it without the key. */
const SEAL_BYTES = 16;

const sealOf = (body: Uint8Array): string =>
  Buffer.from(body.buffer, body.byteOffset, body.byteLength).subarray(-SEAL_BYTES).toString('base64url');

/**
 * Opens a delivery of a queue of so many partitions. Never throws: that a mutation does not open, was put into another
 * partition than its path belongs to, or is an old copy (`stale`) is a fact about the mutation.
 */
export const openMutation = (
  sealer: MessageSealer,
  { partition, offset, timestamp, record }: MutationDelivery,
  partitions: number,
): OpenedMutation => {
  const isHere = partitionOf(record.path, partitions) === partition;
  const claimed = isHere ? record.path : `${TOPICS.mutations}-${partition}-${offset}`;
  // What a newer version meant by its own shape cannot be known.
  if (record.schema !== SCHEMA || !isHere) return { poison: 'corrupt', claimed };
  try {
    const path = SecretPath.parse(record.path);
    if (path.toString() !== record.path) return { poison: 'corrupt', claimed };
    const { operation, sentAt, body } = record;
    const payload = sealer.openMutation({ path, operation, partition, sentAt }, body);
    if (payload.kind !== record.kind) return { poison: 'corrupt', claimed };
    if (isStale(timestamp, sentAt)) return { poison: 'stale', claimed };
    return { path, payload, seal: sealOf(body) };
  } catch (error) {
    return { poison: CofferError.is(error) ? error.code : 'corrupt', claimed };
  }
};
