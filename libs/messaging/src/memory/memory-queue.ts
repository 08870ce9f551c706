import type { Clock } from '@coffer/secrets';
import { CofferError } from '@coffer/secrets';
import type {
  MutationConsumer,
  Delivery,
  MutationHandler,
  QueuePlace,
  MutationProducer,
  SealedMutation,
} from '../contract/mutation-queue.js';
import { bytesOfMutation } from '../contract/mutation-queue.js';
import { partitionOf } from '../contract/topology.js';

interface Partition {
  readonly id: number;
  /** What is not finished, in the order of offsets; a body is let go as soon as its mutation is finished. */
  readonly records: Map<bigint, Delivery>;
  next: bigint;
  assignment: PartitionAssignment | undefined;
}

/** One member's time as the owner of a partition. */
interface PartitionAssignment {
  readonly member: Member;
  /** What is delivered next. */
  next: bigint;
  ready: boolean;
}

interface Member {
  readonly handler: MutationHandler;
}

/**
 * The mutation queue of one process: partitions and a group of members as on Kafka, but each mutation is committed by
 * itself, so that one that waits does not keep those behind it, and what is in the queue dies with the process. Writes are acknowledged by their COMMIT, after the store has them.
 */
export class MemoryQueue implements MutationProducer {
  readonly #partitions: Partition[];
  #members: Member[] = [];
  #bytes = 0;
  #closed = false;

  constructor(
    readonly partitions: number,
    private readonly clock: Clock,
  ) {
    this.#partitions = Array.from({ length: partitions }, (_, id) => ({
      id,
      records: new Map(),
      next: 0n,
      assignment: undefined,
    }));
  }

  publish(mutation: SealedMutation): Promise<QueuePlace> {
    if (this.#closed) return Promise.reject(new CofferError('unavailable', 'the mutation queue is closed'));
    const partition = this.#partition(mutation.path);
    const offset = partition.next++;
    const place = { partition: partition.id, offset, timestamp: this.clock.wall() };
    partition.records.set(offset, { ...place, mutation });
    this.#bytes += bytesOfMutation(mutation);
    queueMicrotask(() => this.#pump(partition));
    return Promise.resolve(place);
  }

  unfinished(path: string): number {
    return this.#partition(path).records.size;
  }

  backlog(): { mutations: number; bytes: number } {
    return { mutations: this.#partitions.reduce((sum, { records }) => sum + records.size, 0), bytes: this.#bytes };
  }

  ready(): boolean {
    return !this.#closed;
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  end(partition: number): bigint {
    return this.#partitions[partition]?.next ?? 0n;
  }

  /** A new member of the one group of workers. */
  consumer(): MutationConsumer {
    let member: Member | undefined;
    return {
      start: async (handler) => {
        member = { handler };
        this.#members = [...this.#members, member];
        await this.#rebalance();
      },
      close: async () => {
        this.#members = this.#members.filter((other) => other !== member);
        await this.#rebalance();
      },
    };
  }

  #partition(path: string): Partition {
    const partition = this.#partitions[partitionOf(path, this.partitions)];
    if (partition === undefined) throw new Error('a partition number below the count exists');
    return partition;
  }

  async #rebalance(): Promise<void> {
    const members = this.#members;
    await Promise.all(
      this.#partitions.map(async (partition) => {
        const member = members[partition.id % members.length];
        const previous = partition.assignment;
        if (previous?.member === member) return;
        previous?.member.handler.revoked(partition.id);
        if (member === undefined) {
          partition.assignment = undefined;
          return;
        }
        const [lowest = partition.next] = partition.records.keys();
        const assignment: PartitionAssignment = { member, next: lowest, ready: false };
        partition.assignment = assignment;
        await member.handler.assigned(partition.id);
        assignment.ready = true;
        this.#pump(partition);
      }),
    );
  }

  #pump(partition: Partition): void {
    const { assignment } = partition;
    if (!assignment?.ready) return;
    for (; assignment.next < partition.next; assignment.next += 1n) {
      const delivery = partition.records.get(assignment.next);
      if (delivery === undefined) continue;
      assignment.member.handler.deliver(delivery).then(
        () => this.#finished(partition, assignment, delivery),
        () => undefined,
      );
    }
  }

  #finished(partition: Partition, assignment: PartitionAssignment, { offset, mutation }: Delivery): void {
    if (partition.assignment !== assignment || !partition.records.delete(offset)) return;
    this.#bytes -= bytesOfMutation(mutation);
  }
}
