import { partitionOf, type Delivery, type MessageSealer, type Topology } from '@coffer/messaging';
import { SecretValue, type Mutation, type SecretPath } from '@coffer/secrets';
import { versionOf } from './simulated-store.js';

/** A mutation and what it makes of its key. */
export interface Queued {
  readonly path: string;
  readonly operation: string;
  readonly kind: Change;
  readonly version: number;
  readonly delivery: Delivery;
}

export type Change = 'put' | 'delete' | 'drop';

/** One partition of the mutation queue, and which worker the group says it is assigned to. */
export class MutationQueue {
  readonly mutations: Queued[] = [];
  readonly #finished = new Set<bigint>();
  /** Index of the worker. */
  assigned = 0;

  constructor(
    readonly partition: number,
    private readonly sealer: MessageSealer,
  ) {}

  /** Everything below it is finished: deliveries to a new owner begin here, with finished ones among them. */
  get firstUnfinished(): number {
    const first = this.mutations.findIndex(({ delivery }) => !this.#finished.has(delivery.offset));
    return first < 0 ? this.mutations.length : first;
  }

  push(path: SecretPath, kind: Change, timestamp: number): Queued {
    const { partition } = this;
    const offset = BigInt(this.mutations.length);
    const operation = `${partition}-${offset}`;
    const version = versionOf(offset);
    const change: Mutation =
      kind === 'put' ? { kind, path, value: new SecretValue(`v${version}`), metadata: { tags: [] } } : { kind, path };
    const options = { operation, fingerprint: '', partition, sentAt: timestamp };
    const delivery = { partition, offset, timestamp, mutation: this.sealer.sealMutation(change, options) };
    const mutation = { path: path.toString(), operation, kind, version, delivery };
    this.mutations.push(mutation);
    return mutation;
  }

  finishAll(): void {
    for (const { delivery } of this.mutations) this.finish(delivery.offset);
  }

  finish(offset: bigint): void {
    this.#finished.add(offset);
  }
}

export const queueOf = (
  queues: readonly MutationQueue[],
  { partitions }: Topology,
  path: SecretPath,
): MutationQueue => {
  const queue = queues[partitionOf(path.toString(), partitions)];
  if (queue === undefined) throw new Error('a key belongs to a partition');
  return queue;
};
