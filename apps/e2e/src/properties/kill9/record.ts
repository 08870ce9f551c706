/** What a key is meant to hold, as its writers see it; `undefined` for no secret. */
export type Held = { readonly value: string; readonly description: string } | undefined;

/** What one key may hold: the last acknowledged state, or one that was asked for since. */
export class KeyRecord {
  #acknowledged: Held;
  #attempted: Held[] = [];

  /** The state from which the next change goes out, when nothing has been left open. */
  get acknowledged(): Held {
    return this.#acknowledged;
  }

  /** Whether it is not known what holds: a write was asked for and not answered. */
  get open(): boolean {
    return this.#attempted.length > 0;
  }

  /** From here until `acknowledge` or `settle` either this or what was before may hold. */
  attempt(state: Held): void {
    this.#attempted.push(state);
  }

  /** The latest attempt holds, and none of the earlier ones. */
  acknowledge(state: Held): void {
    this.#acknowledged = state;
    this.#attempted = [];
  }

  /** The latest attempt was refused and changed nothing. */
  withdraw(): void {
    this.#attempted.pop();
  }

  allows(found: Held): boolean {
    return [this.#acknowledged, ...this.#attempted].some((state) => same(state, found));
  }

  /** What was found is what holds: nothing is under way any more. */
  settle(found: Held): void {
    this.acknowledge(found);
  }
}

const same = (a: Held, b: Held): boolean => a?.value === b?.value && a?.description === b?.description;
