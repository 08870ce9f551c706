import type { FaultKind } from '@coffer/backend-conformance/faults';
import type { Backend } from '@coffer/backend-contract';
import type { SecretPath } from '@coffer/secrets';

/** One store, reached in two ways. */
export interface FaultedStore {
  /** By a proxy that asks the judge of every call. */
  readonly faulted: Backend;
  /** The same secrets, with nothing in between. */
  readonly steady: Backend;
  /** The fence of each version that the store keeps of a live secret; absent where it keeps the latest only. */
  fencesOf?(path: SecretPath): Promise<readonly string[]>;
  close(): Promise<void>;
}

export type Judge = () => FaultKind | 'pass';

export interface StoreRow {
  readonly store: string;
  /** Those that can lie between Coffer and this store. */
  readonly kinds: readonly FaultKind[];
  /** Whether the store refuses a late write, so that a version which appears twice is a fault of Coffer's. */
  readonly conditional: boolean;
  open(judge: Judge): Promise<FaultedStore>;
}
