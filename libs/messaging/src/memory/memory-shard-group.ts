import type { ShardGroup, ShardHandler } from '../contract/shard-group.js';

/** The group of coordinators of one process: shards are shared among the members as they come and go. */
export class MemoryShardGroup {
  #members: ShardHandler[] = [];

  constructor(private readonly shards: number) {}

  member(): ShardGroup {
    let member: ShardHandler | undefined;
    return {
      start: (handler) => {
        member = handler;
        this.#members = [...this.#members, handler];
        this.#rebalance();
        return Promise.resolve();
      },
      close: () => {
        this.#members = this.#members.filter((other) => other !== member);
        this.#rebalance();
        return Promise.resolve();
      },
    };
  }

  #rebalance(): void {
    const shards = Array.from({ length: this.shards }, (_, shard) => shard);
    this.#members.forEach((member, index) => {
      member.assigned(new Set(shards.filter((shard) => shard % this.#members.length === index)));
    });
  }
}
