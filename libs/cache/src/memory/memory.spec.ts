import { describeMailbox } from '../suite/describe-mailbox.js';
import { describeSharedCache } from '../suite/describe-shared-cache.js';
import { TTL_MS } from '../suite/harness.js';
import { MemoryMailbox, MemorySharedCache } from './index.js';

describeSharedCache({
  name: 'memory',
  open: ({ time, leaseMs }) => {
    const cache = new MemorySharedCache({ time, leaseMs, maxTtlMs: TTL_MS, maximumSize: 1_000 });
    return Promise.resolve({ one: cache, other: cache, close: () => cache.close() });
  },
});

describeMailbox({
  name: 'memory',
  open: () => {
    const mailbox = new MemoryMailbox();
    return Promise.resolve({ reader: mailbox, coordinator: mailbox, close: () => mailbox.close() });
  },
});
