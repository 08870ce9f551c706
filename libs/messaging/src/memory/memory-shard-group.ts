import type { ShardGroup, ShardHandler } from '../contract/shard-group.js';

/** The group of coordinators of one process: shards are shared among the members as they come and go. */
export class MemoryShardGroup {
  #members: ShardHandler[] = [];
  readonly #owners: (ShardHandler | undefined)[];

  constructor(shards: number) {
    this.#owners = Array.from({ length: shards }, () => undefined);
  }

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
    this.#owners.forEach((previous, shard) => {
      const next = this.#members[shard % this.#members.length];
      if (next === previous) return;
      this.#owners[shard] = next;
      previous?.revoked(shard);
      next?.assigned(shard);
    });
  }
}
