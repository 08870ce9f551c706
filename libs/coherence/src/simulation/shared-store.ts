import type { Fence } from '@coffer/secrets';

/** What the store holds of a key; a deleted one has a version too. */
export interface Stored {
  readonly fence: bigint;
  readonly version: number;
  readonly present: boolean;
  /** How many writes took effect. */
  readonly revision: number;
}

const NOTHING: Stored = { fence: 0n, version: 0, present: false, revision: 0 };

/** The store, conditional on the fence as every store with capability `atomic` is. */
export class SharedStore {
  readonly #held = new Map<string, Stored>();

  /** `conditional`: false for a store that takes every write as it comes. */
  constructor(private readonly conditional: boolean) {}

  keys(): string[] {
    return [...this.#held.keys()];
  }

  read(key: string): Stored {
    return this.#held.get(key) ?? NOTHING;
  }

  write(key: string, fence: Fence, version: number, present: boolean): 'applied' | 'superseded' {
    const held = this.read(key);
    if (this.conditional && held.fence > fence) return 'superseded';
    if (!this.conditional || held.fence < fence)
      this.#held.set(key, { fence, version, present, revision: held.revision + 1 });
    return 'applied';
  }

  /** Somebody else changes it, behind everybody's back. */
  change(key: string): number {
    const held = this.read(key);
    this.#held.set(key, { ...held, version: held.version + 1, present: true });
    return held.version + 1;
  }
}
