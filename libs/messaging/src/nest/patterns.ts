/** What `@EventPattern` handlers can listen to. Payloads are those of the messaging contract. */
export const PATTERNS = {
  /** `LogEntry`, one at a time per shard; the next one waits for the handler. */
  coherence: 'coffer.secret.coherence',
  /** `ReadonlySet` of shard numbers, once their logs have been read to the ends that they had at start. */
  shardsAssigned: 'coffer.shards.assigned',
  /** `Delivery`; the handler's promise resolves when the mutation is finished. */
  mutation: 'coffer.secret.mutations',
  /** A partition's number; deliveries begin after the handler. */
  partitionAssigned: 'coffer.partition.assigned',
  /** A partition's number. */
  partitionRevoked: 'coffer.partition.revoked',
} as const;

export type Pattern = (typeof PATTERNS)[keyof typeof PATTERNS];
