import type { ShardHandler } from '../contract/shard-group.js';
import type { MessagingHarness, OpenMessaging } from './harness.js';
import { SHARDS, until } from './examples.js';

class Coordinators implements ShardHandler {
  shards: ReadonlySet<number> = new Set();

  assigned(shards: ReadonlySet<number>): void {
    this.shards = shards;
  }
}

export const describeShardGroup = (harness: MessagingHarness): void => {
  describe('the group of coordinators', () => {
    let open: OpenMessaging;
    beforeEach(async () => {
      open = await harness.open();
    });
    afterEach(() => open.close());

    it('shares the shards among its members, and gives a leaver’s to the others', async () => {
      const [first, second] = [new Coordinators(), new Coordinators()];
      const groups = [open.messaging.coordinators(), open.messaging.coordinators()] as const;
      await groups[0].start(first);
      await until(() => first.shards.size === SHARDS);
      await groups[1].start(second);
      await until(() => second.shards.size > 0 && first.shards.size + second.shards.size === SHARDS);
      expect([...first.shards].filter((shard) => second.shards.has(shard))).toEqual([]);
      await groups[0].close();
      await until(() => second.shards.size === SHARDS);
      await groups[1].close();
    });
  });
};
