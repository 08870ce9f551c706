import type { Fence } from './fence.js';
import type { SecretMetadata } from './metadata.js';

/** What a store holds once a mutation took effect there. */
export interface Applied {
  readonly outcome: 'applied';
  /** Opaque; two reads with equal versions saw the same write. */
  readonly version: string;
  /** How many puts and deletes of the secret were applied, this one included (see `StoredSecret`). */
  readonly revision: number;
  /** When the mutation was accepted; absent where the store does not know. */
  readonly changed?: number;
  /** As the store now holds it. */
  readonly metadata: SecretMetadata;
}

/**
 * What a store did with a mutation under a fence.
 *
 * `applied`: the store holds the effect of this fence, now or already before (a replay).
 * `superseded`: the store holds a higher fence, and nothing was changed.
 */
export type Outcome = Applied | { readonly outcome: 'superseded'; readonly storedFence: Fence };
