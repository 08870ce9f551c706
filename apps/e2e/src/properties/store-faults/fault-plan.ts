import type { FaultKind } from '@coffer/backend-conformance/faults';
import { Dice } from './dice.js';

const CHANCE = 0.2;

/** Gives a fifth of all calls a fault, each kind in its turn. */
export class FaultPlan {
  readonly #dice: Dice;
  #kinds: readonly FaultKind[] = [];
  /** Since the faults began. */
  calls = 0;
  faults = 0;

  constructor(seed: string) {
    this.#dice = new Dice(seed);
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
    if (this.#dice.throw() >= CHANCE) return 'pass';
    this.faults += 1;
    return this.#kinds[this.faults % this.#kinds.length] ?? 'pass';
  };
}
