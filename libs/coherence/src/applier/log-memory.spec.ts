import { fenceOf } from '@coffer/secrets';
import { LogMemory } from './log-memory.js';

const WINDOW = 1_000;
const STUCK = fenceOf(1, 0n);

describe('what an applier remembers of the log', () => {
  const prepare = (memory: LogMemory, offset: bigint, timestamp: number): void => {
    const record = {
      type: 'PREPARE',
      partition: 0,
      owner: 0n,
      path: 'main/ns/key',
      fence: fenceOf(1, offset),
      operation: `operation ${offset}`,
      attempt: 1,
    } as const;
    memory.read({ shard: 0, offset, timestamp, record });
  };

  it('forgets what is older than the window, also while one mutation is prepared again and again', () => {
    const memory = new LogMemory(WINDOW);
    for (let now = 0; now < 20 * WINDOW; now += 10) {
      prepare(memory, 0n, now);
      prepare(memory, BigInt(now + 1), now);
    }
    expect(memory.wasPrepared(STUCK)).toBe(true);
    expect(memory.size).toBeLessThanOrEqual(WINDOW / 10 + 2);
  });
});
