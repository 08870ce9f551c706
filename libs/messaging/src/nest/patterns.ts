/** What `@EventPattern` handlers can listen to. Payloads are those of the messaging contract. */
export const PATTERNS = {
  /** `LogEntry`, one at a time per shard; the next one waits for the handler. */
  coherence: 'coffer.secret.coherence',
  /** A shard's number, once its log has been read to the end that it had at start. */
  shardAssigned: 'coffer.shard.assigned',
  /** A shard's number. */
  shardRevoked: 'coffer.shard.revoked',
  /** `MutationDelivery`; the handler's promise resolves when the mutation is finished. */
  mutation: 'coffer.secret.mutations',
  /** A partition's number; deliveries begin after the handler. */
  partitionAssigned: 'coffer.partition.assigned',
  /** A partition's number. */
  partitionRevoked: 'coffer.partition.revoked',
} as const;

export type Pattern = (typeof PATTERNS)[keyof typeof PATTERNS];
