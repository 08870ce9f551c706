/** One call to a store for a key, from before it is asked to its answer. Judged by the reader that began it. */
export interface StoreLoad {
  readonly path: string;
  /** The tag of the entry that it fills. */
  readonly tag: bigint;
  /** When it began, on the clock of `now`: the entry's life counts from here. */
  readonly began: number;
  /** It began leased and unblocked: rule 4. */
  readonly cacheable: boolean;
  /** The reader's count of changes when it began; a later change of the key kills the flight. */
  readonly changes: number;
}
