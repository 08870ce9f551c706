/** A row of Coffer's table, as the bare driver finds it. */
export interface BareRow {
  readonly id: Uint8Array;
  /** Sealed; what is written instead is as long. */
  readonly value: Uint8Array;
}

/** The statements that a read and a write cannot do without, prepared, by the bare driver. */
export interface BareDatabase {
  readonly rows: readonly BareRow[];
  /** By primary key. `lane`: the connection, where there are several. */
  select(row: BareRow, lane: number): Promise<void>;
  /** Conditional on the fence, which it raises; rejects unless it changed the row. */
  update(row: BareRow, value: Uint8Array, lane: number): Promise<void>;
  close(): Promise<void>;
}

/** Fences above the highest one stored, each above the one before. */
export const nextFence = (highest: string): (() => bigint) => {
  let fence = BigInt(highest);
  return () => (fence += 1n);
};
