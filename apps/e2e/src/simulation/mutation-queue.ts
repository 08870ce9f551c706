import { fenceOf } from '@coffer/secrets';
import type { Attempt } from '@coffer/coherence';

/** A mutation and what it makes of its key. */
export interface Queued extends Attempt {
  readonly version: number;
  readonly present: boolean;
}

export type Change = 'put' | 'delete' | 'drop';

/** One partition of the mutation queue, and which worker the group says it is assigned to. */
export class MutationQueue {
  readonly mutations: Queued[] = [];
  readonly #finished = new Set<bigint>();
  /** Index of the worker. */
  assigned = 0;

  constructor(readonly partition: number) {}

  /** Versions are even, so that one made behind Coffer's back fits between two. */
  push(path: string, kind: Change): Queued {
    const place = this.mutations.length;
    const offset = BigInt(place);
    const mutation: Queued = {
      offset,
      fence: fenceOf(1, offset),
      path,
      operation: `${this.partition}-${place}`,
      kind,
      fingerprint: '',
      manager: 'default',
      version: 2 * (place + 1),
      present: kind === 'put',
    };
    this.mutations.push(mutation);
    return mutation;
  }

  finish({ offset }: Attempt): void {
    this.#finished.add(offset);
  }

  /** As redelivered to a new owner: all from the lowest unfinished one on, with finished ones among them. */
  redelivered(): readonly Queued[] {
    const first = this.mutations.findIndex(({ offset }) => !this.#finished.has(offset));
    return first < 0 ? [] : this.mutations.slice(first);
  }
}
