/** Counts how often secret ids were used, wherever they may be used: no two processes have counts of their own. */
export interface UseCounter {
  /** Counts one use; false, and nothing is counted, where `limit` were counted before. Durable when it returns. */
  take(secretId: string, limit: number): boolean;
  /** Forgets all others. */
  retain(secretIds: ReadonlySet<string>): void;
}
