import type { Revocation } from '@coffer/messaging';
import { CofferError } from '@coffer/secrets';
import { MAX_UNSENT, RevocationSender } from './revocation-sender.js';

const revocation = (id: string, expiresAtMs = 1_000): Revocation => ({
  kind: 'session',
  id,
  beganAtMs: 0,
  expiresAtMs,
});

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
};

describe('what is to be told of revocations', () => {
  let [isAway, nowMs] = [false, 0];
  let attempts = 0;
  let published: string[] = [];
  let failed: number[] = [];
  let sender: RevocationSender;
  const open = (timeoutMs?: number): RevocationSender =>
    new RevocationSender({
      log: {
        publish: async ({ id }) => {
          attempts += 1;
          if (isAway) throw new CofferError('unavailable', 'no broker');
          published.push(id);
        },
      },
      clock: { wall: () => nowMs },
      onFailed: (_error, unsent) => failed.push(unsent),
      retryDelayMs: 1,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  beforeEach(() => {
    [isAway, nowMs, attempts, published, failed] = [false, 0, 0, [], []];
  });
  afterEach(() => sender.close());

  it('is published, and whoever sends it waits for that', async () => {
    sender = open(60_000);
    await Promise.all([sender.send(revocation('a')), sender.send(revocation('b'))]);
    expect([published, failed, sender.memory.bytes]).toEqual([['a', 'b'], [], 0]);
  });

  it('is tried again until it is there, and whoever sends it waits for a while alone', async () => {
    sender = open(1);
    isAway = true;
    await sender.send(revocation('a'));
    await until(() => attempts > 3);
    expect([published, failed[0], sender.memory.bytes]).toEqual([[], 1, 400]);
    isAway = false;
    await until(() => sender.memory.bytes === 0);
    expect(published).toEqual(['a']);
    await sender.send(revocation('b'));
    expect(published).toEqual(['a', 'b']);
  });

  it('is given up once it would have ended by itself', async () => {
    sender = open(1);
    isAway = true;
    await sender.send(revocation('a', 500));
    expect(sender.memory.bytes).toBe(400);
    nowMs = 500;
    await until(() => sender.memory.bytes === 0);
    expect(published).toEqual([]);
  });

  it('is bounded: the first goes', async () => {
    sender = open(1);
    isAway = true;
    const sent = Array.from({ length: MAX_UNSENT + 1 }, (_, at) => sender.send(revocation(String(at))));
    await Promise.all(sent);
    expect(sender.memory).toEqual({ bytes: 400 * MAX_UNSENT, limitBytes: 400 * MAX_UNSENT, evictions: 1 });
    isAway = false;
    await until(() => sender.memory.bytes === 0);
    expect([published.includes('0'), new Set(published).size]).toEqual([false, MAX_UNSENT]);
  });
});
