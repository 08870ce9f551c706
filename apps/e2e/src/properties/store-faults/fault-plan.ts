import type { FaultKind } from '@coffer/backend-conformance/faults';
import { SeededRandom } from '@coffer/coherence/simulation';

const CHANCE = 0.2;

/** Gives a fifth of all calls a fault, each kind in its turn. */
export class FaultPlan {
  readonly #random: SeededRandom;
  #kinds: readonly FaultKind[] = [];
  /** Since the faults began. */
  calls = 0;
  faults = 0;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  begin(kinds: readonly FaultKind[]): void {
    this.#kinds = kinds;
  }

  end(): void {
    this.#kinds = [];
  }

  /** What becomes of the call that is made now. */
  readonly judge = (): FaultKind | 'pass' => {
    if (this.#kinds.length === 0) return 'pass';
    this.calls += 1;
    if (!this.#random.chance(CHANCE)) return 'pass';
    this.faults += 1;
    return this.#kinds[this.faults % this.#kinds.length] ?? 'pass';
  };
}
