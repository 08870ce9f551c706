import { FaultyBackend } from '@coffer/backend-conformance';
import { openMemoryBackend } from '@coffer/backend-memory';
import { Coordinator, DEFAULT_TIMING, type LogEntry, type LogRecord, type Timing } from '@coffer/coherence';
import { KeyRing } from '@coffer/crypto';
import {
  MAX_DELAY_MS,
  memoryMessaging,
  MessageSealer,
  partitionOf,
  type Messaging,
  type MutationConsumer,
  type MutationHandler,
  type SealedMutation,
} from '@coffer/messaging';
import { createLogger, Metrics } from '@coffer/observability';
import { SecretPath, SecretValue, type Clock, type Mutation } from '@coffer/secrets';
import { WorkerRuntime } from './worker-runtime.js';
import type { WorkerStore } from './worker-stores.js';

const TOPOLOGY = { partitions: 2, shards: 1 };
const TIMING: Timing = { ...DEFAULT_TIMING, clearedTimeoutMs: 200, backoff: { firstMs: 1, maxMs: 20 } };
const VALUE = 'v4lue-of-the-test';
const path = (key: string): SecretPath => SecretPath.of('main', 'company', key);
const put = (key: string, text = VALUE): Mutation => ({
  ...{ kind: 'put', path: path(key), value: new SecretValue(text), metadata: { tags: [{ key: 'a', value: 'b' }] } },
});
const signal = new AbortController().signal;

const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
};

/** Loses the first appends of a record of one type, as a broken link does. */
const losing = (messaging: Messaging, type: LogRecord['type'], times: number): Messaging => {
  let left = times;
  const { log } = messaging;
  const append = (shard: number, record: LogRecord): Promise<bigint> =>
    record.type === type && left-- > 0 ? Promise.reject(new Error('lost')) : log.append(shard, record);
  const lossy = {
    shards: log.shards,
    identity: log.identity,
    append,
    tail: log.tail.bind(log),
    reachEnd: log.reachEnd.bind(log),
    horizon: log.horizon.bind(log),
    close: log.close.bind(log),
  };
  return { ...messaging, log: lossy };
};

/** Workers over memory transports and a store that fails on command; a coordinator that knows no reader. */
class Bench {
  skipped = 0;
  readonly clock: Clock = {
    monotonic: () => performance.now() + this.skipped,
    wall: () => Date.now() + this.skipped,
  };
  readonly messaging = memoryMessaging(TOPOLOGY, TIMING.windowMs, this.clock);
  readonly store = new FaultyBackend(openMemoryBackend());
  readonly entries: LogEntry[] = [];
  readonly metrics = new Metrics();
  readonly logged: string[] = [];
  readonly #ends: (() => Promise<void>)[] = [];
  #offset = 0;

  private constructor(readonly sealer: MessageSealer) {}

  static async open(): Promise<Bench> {
    const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
    const bench = new Bench(new MessageSealer(await KeyRing.derive([{ id: 'k', secret, active: true }])));
    const coordinator = new Coordinator({ timing: TIMING, alone: true });
    const { log } = bench.messaging;
    const take = (effects: ReturnType<Coordinator['handle']>): void => {
      for (const effect of effects) if (effect.type === 'append') void log.append(0, effect.record);
    };
    const tail = await log.tail([0], {
      read: (entry) => {
        bench.entries.push(entry);
        take(coordinator.handle({ type: 'log', entry }, performance.now()));
      },
    });
    take(coordinator.handle({ type: 'start', claim: 'coordinator' }, performance.now()));
    bench.#ends.push(() => tail.close());
    return bench;
  }

  /** Another worker process; answers how it leaves. */
  async join(messaging = this.messaging): Promise<() => Promise<void>> {
    const { sealer, clock, metrics } = this;
    const stores = {
      of: (): WorkerStore => ({ name: 'default', backend: this.store }),
      onBreaker: () => undefined,
    };
    const logger = createLogger('trace', { write: (line) => void this.logged.push(line) });
    const runtime = new WorkerRuntime({
      messaging,
      stores,
      sealer,
      timing: TIMING,
      generation: 1,
      clock,
      logger,
      metrics,
    });
    const tail = await messaging.log.tail([0], { read: (entry) => runtime.read(entry) });
    runtime.start();
    const consumer: MutationConsumer = messaging.consumer();
    const handler: MutationHandler = {
      assigned: async (partition) => runtime.assigned(partition),
      revoked: (partition) => runtime.revoked(partition),
      deliver: (delivery) => runtime.deliver(delivery),
    };
    await consumer.start(handler);
    this.misplace = (mutation, partition) => {
      // Far above whatever the queue in memory gives out there.
      const place = { partition, offset: 1_000_000n, timestamp: this.clock.wall() };
      this.#misplaced = handler.deliver({ ...place, mutation });
    };
    let left = false;
    const leave = async (): Promise<void> => {
      if (left) return;
      left = true;
      await consumer.close();
      runtime.stop();
      await tail.close();
    };
    this.#ends.unshift(leave);
    return leave;
  }

  async publish(mutation: Mutation, body?: Uint8Array): Promise<string> {
    const operation = `operation ${this.#offset++}`;
    const sealed = this.sealed(mutation, operation);
    await this.messaging.producer.publish({ ...sealed, body: body ?? sealed.body });
    return operation;
  }

  /** As a gateway queues it. */
  sealed(mutation: Mutation, operation: string, sentAt = this.clock.wall()): SealedMutation {
    const partition = partitionOf(mutation.path.toString(), TOPOLOGY.partitions);
    return this.sealer.sealMutation(mutation, { operation, fingerprint: 'f', partition, sentAt });
  }

  /** Delivers a mutation in another partition than its path's, as a queue does into which anybody writes. */
  misplace: (mutation: SealedMutation, partition: number) => void = () => undefined;
  #misplaced: Promise<void> = Promise.resolve();

  /** Waits until no mutation is unfinished. */
  async finished(): Promise<void> {
    await this.#misplaced;
    await until(() => this.messaging.producer.backlog().mutations === 0);
  }

  put(key: string, value = VALUE): Promise<string> {
    return this.publish(put(key, value));
  }

  async held(key: string): Promise<string | undefined> {
    return (await this.store.read(path(key), { signal }))?.value.reveal();
  }

  ends(operation: string): LogRecord[] {
    return this.entries
      .map(({ record }) => record)
      .filter((record) => (record.type === 'COMMIT' || record.type === 'ABORT') && record.operation === operation);
  }

  async ended(...operations: string[]): Promise<void> {
    for (const operation of operations) await until(() => this.ends(operation).length > 0);
  }

  async counted(): Promise<Record<string, number>> {
    const { values } = await this.metrics.mutationsEnded.get();
    return Object.fromEntries(values.map(({ labels, value }) => [`${labels.kind} ${labels.outcome}`, value]));
  }

  /** `coffer_mutations` as a scrape shows it. */
  async standing(): Promise<Record<string, number>> {
    this.metrics.onScrape.forEach((refresh) => refresh());
    const { values } = await this.metrics.mutations.get();
    return Object.fromEntries(values.map(({ labels, value }) => [String(labels.phase), value]));
  }

  async close(): Promise<void> {
    for (const end of this.#ends) await end();
  }
}

describe('the worker', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
  });
  afterEach(() => bench.close());

  it('carries a mutation into the store and tells what the store then holds', async () => {
    await bench.join();
    const operation = await bench.put('key');
    await bench.ended(operation);
    expect(await bench.held('key')).toBe(VALUE);
    const [commit] = bench.ends(operation);
    if (commit?.type !== 'COMMIT') throw new Error('the mutation was not committed');
    expect(commit).toMatchObject({ kind: 'put', fingerprint: 'f', outcome: 'applied' });
    expect(bench.sealer.openOutcome(path('key'), operation, commit.sealed).metadata.tags).toEqual([
      { key: 'a', value: 'b' },
    ]);
    await until(() => bench.messaging.producer.unfinished(path('key').toString()) === 0);
    const types = bench.entries.map(({ record }) => record.type);
    expect(types.slice(-3)).toEqual(['PREPARE', 'CLEARED', 'COMMIT']);
  });

  it('keeps the order of a key and ends with the last value, while the store throttles and loses answers', async () => {
    await bench.join();
    bench.store.set({ code: 'throttled', when: 'before', times: 3 });
    const operations: string[] = [];
    for (let round = 0; round < 20; round += 1) operations.push(await bench.put('key', `value ${round}`));
    await bench.ended(...operations.slice(0, 1));
    bench.store.set({ code: 'timeout', when: 'after', times: 3, operations: ['put'] });
    await bench.ended(...operations);
    expect(await bench.held('key')).toBe('value 19');
    const order = bench.entries.flatMap(({ record }) => (record.type === 'COMMIT' ? [record.operation] : []));
    expect(order).toEqual(operations);
  });

  it('shows where the mutations stand that are not finished', async () => {
    // No CLEARED follows a PREPARE that the log does not take.
    await bench.join(losing(bench.messaging, 'PREPARE', Infinity));
    await bench.put('key');
    await bench.put('key', 'another');
    const none = { pausing: 0, preparing: 0, applying: 0, 'dead-lettering': 0, ending: 0, queued: 0 };
    const waiting = { ...none, preparing: 1, queued: 1 };
    await until(async () => (await bench.standing())['queued'] === 1);
    expect(await bench.standing()).toEqual(waiting);
    // Not added up from one scrape to the next.
    expect(await bench.standing()).toEqual(waiting);
  });

  it('lets other keys of the partition go on while one cannot', async () => {
    await bench.join();
    bench.store.set({ code: 'unavailable', when: 'before', operations: ['delete'] });
    const same = ['a', 'b', 'c', 'd', 'e', 'f'].filter((key) => partitionOf(path(key).toString(), 2) === 0);
    const [stuck = '', ...others] = same;
    expect(others).not.toEqual([]);
    const waiting = await bench.publish({ kind: 'delete', path: path(stuck) });
    await bench.ended(...(await Promise.all(others.map((key) => bench.put(key)))));
    expect(bench.ends(waiting)).toEqual([]);
    await until(() => bench.messaging.producer.unfinished(path(stuck).toString()) === 1);
    bench.store.clear();
    await bench.ended(waiting);
  });

  it.each(['denied', 'unauthenticated'] as const)(
    'answers what the operator causes for all callers (%s), buries nothing, and goes on with the key',
    async (code) => {
      await bench.join();
      bench.store.set({ code, when: 'before', times: 3 });
      const refused: string[] = [];
      for (const key of ['key', 'other', 'third']) refused.push(await bench.put(key, 'refused'));
      await bench.ended(...refused);
      const next = await bench.put('key', 'next');
      await bench.ended(next);
      for (const operation of refused) expect(bench.ends(operation)).toMatchObject([{ type: 'ABORT', code }]);
      expect(bench.ends(next)).toMatchObject([{ type: 'COMMIT' }]);
      expect(await bench.held('key')).toBe('next');
      expect(await bench.messaging.deadLetters.list()).toEqual([]);
    },
  );

  it.each(['conflict', 'invalid', 'too-large'] as const)(
    'buries what the store answers with %s, says ABORT, and goes on with the key',
    async (code) => {
      await bench.join();
      bench.store.set({ code, when: 'before', times: 1 });
      const refused = await bench.put('key', 'refused');
      const next = await bench.put('key', 'next');
      await bench.ended(refused, next);
      expect(bench.ends(refused)).toMatchObject([{ type: 'ABORT', code }]);
      expect(bench.ends(next)).toMatchObject([{ type: 'COMMIT' }]);
      expect(await bench.held('key')).toBe('next');
      expect(await bench.messaging.deadLetters.list()).toMatchObject([{ code, operation: refused }]);
    },
  );

  it('refuses to change what is absent, without a dead letter', async () => {
    await bench.join();
    const operation = await bench.publish({ kind: 'patch', path: path('absent'), metadata: { description: 'd' } });
    await bench.ended(operation);
    expect(bench.ends(operation)).toMatchObject([{ type: 'ABORT', code: 'not-found' }]);
    expect(await bench.messaging.deadLetters.list()).toEqual([]);
  });

  it('buries what it cannot open, and nothing else', async () => {
    await bench.join();
    const operations: string[] = [];
    const poisoned: string[] = [];
    for (let count = 0; count < 50; count += 1) {
      if (count % 10 !== 3) operations.push(await bench.put(`key ${count % 4}`));
      else poisoned.push(await bench.publish(put(`key ${count % 4}`), Buffer.from('x')));
    }
    // Sealed for another operation: moved from one message to another.
    const remove: Mutation = { kind: 'delete', path: path('key 0') };
    const moved = bench.sealed(remove, 'another operation');
    poisoned.push(await bench.publish(remove, moved.body));
    await bench.ended(...operations, ...poisoned);
    const letters = await bench.messaging.deadLetters.list();
    expect(letters.map(({ operation }) => operation).sort()).toEqual([...poisoned].sort());
    expect(letters.every(({ code }) => code === 'corrupt')).toBe(true);
    for (const operation of operations) expect(bench.ends(operation)).toMatchObject([{ type: 'COMMIT' }]);
  });

  describe('copies of mutations, put into the queue by somebody who has not the key', () => {
    it('says once in a minute how many were buried that do not open, which anybody may queue', async () => {
      await bench.join();
      const said = (): object[] =>
        bench.logged
          .filter((line) => line.includes('failed for good'))
          .map((line) => JSON.parse(line) as { code: string; repeated?: number })
          .map(({ code, repeated }) => ({ code, repeated }));
      const publishForged = async (key: string): Promise<void> => {
        const operation = await bench.publish(put(key), Buffer.from('x'));
        await bench.ended(operation);
      };
      for (let count = 0; count < 30; count += 1) await publishForged(`key ${count % 4}`);
      expect(said()).toEqual([{ code: 'corrupt', repeated: undefined }]);
      bench.skipped += 60_000;
      await publishForged('key');
      expect(said().slice(1)).toEqual([{ code: 'corrupt', repeated: 29 }]);
      bench.store.set({ code: 'invalid', when: 'before', times: 2 });
      await bench.ended(await bench.put('a'), await bench.put('b'));
      expect(said().slice(2)).toEqual([{ code: 'invalid' }, { code: 'invalid' }]);
    });

    it('have no effect while the operation’s end is remembered, whatever it was', async () => {
      await bench.join();
      const old = bench.sealed(put('key', 'old'), 'old');
      await bench.messaging.producer.publish(old);
      await bench.ended('old');
      bench.store.set({ code: 'denied', when: 'before', times: 1 });
      const refused = bench.sealed(put('key', 'refused'), 'refused');
      await bench.messaging.producer.publish(refused);
      await bench.ended('refused');
      const last = await bench.put('key', 'last');
      await bench.ended(last);
      for (const copy of [old, refused, old, refused]) await bench.messaging.producer.publish(copy);
      await bench.finished();
      expect(await bench.held('key')).toBe('last');
      expect([bench.ends('old'), bench.ends('refused'), bench.ends(last)].map(({ length }) => length)).toEqual([
        1, 1, 1,
      ]);
    });

    it('have none either when they wait behind another write for longer than anything is remembered', async () => {
      await bench.join();
      bench.store.set({ code: 'denied', when: 'before', times: 1 });
      const refused = bench.sealed(put('key', 'refused'), 'refused');
      const old = bench.sealed(put('key', 'old'), 'old');
      for (const record of [refused, old]) await bench.messaging.producer.publish(record);
      await bench.ended('refused', 'old');
      bench.store.set({ code: 'throttled', when: 'before' });
      const stuck = await bench.put('key', 'last');
      for (const copy of [refused, old]) await bench.messaging.producer.publish(copy);
      await until(() => bench.messaging.producer.backlog().mutations === 3);
      // Another key's records let time pass in the log.
      bench.skipped += TIMING.windowMs + 1_000;
      const other = ['a', 'b', 'c', 'd', 'e', 'f'].find(
        (key) => partitionOf(path(key).toString(), 2) === partitionOf(path('key').toString(), 2),
      );
      await bench.ended(await bench.publish({ kind: 'drop', path: path(other ?? '') }));
      bench.store.clear();
      await bench.ended(stuck);
      await bench.finished();
      expect(await bench.held('key')).toBe('last');
    });

    it('become dead letters when they come later, and are applied only when they are replayed, sealed anew', async () => {
      await bench.join();
      const old = bench.sealed(put('key', 'old'), 'old', bench.clock.wall() - MAX_DELAY_MS - 1);
      await bench.ended(await bench.put('key', 'last'));
      await bench.messaging.producer.publish(old);
      await bench.finished();
      expect(await bench.held('key')).toBe('last');
      expect(bench.ends('old')).toMatchObject([{ type: 'ABORT', code: 'stale', claimed: true }]);
      expect(await bench.messaging.deadLetters.list()).toMatchObject([{ code: 'stale' }]);
      await bench.messaging.producer.publish(bench.sealed(put('key', 'old'), 'old'));
      await bench.finished();
      expect(await bench.held('key')).toBe('old');
    });

    it('become dead letters in another partition than their path’s, whose mutations go on', async () => {
      await bench.join();
      const old = bench.sealed(put('key', 'old'), 'old');
      const here = partitionOf(old.path, TOPOLOGY.partitions);
      await bench.messaging.producer.publish(old);
      // The other partition is ahead, so that the copy's fence is above all of the key's own.
      const others = Array.from({ length: 40 }, (_, number) => `other ${number}`).filter(
        (key) => partitionOf(path(key).toString(), TOPOLOGY.partitions) !== here,
      );
      for (const key of others) await bench.put(key);
      await bench.finished();
      const last = await bench.put('key', 'last');
      await bench.ended(last);
      bench.misplace(old, 1 - here);
      await bench.finished();
      expect(await bench.held('key')).toBe('last');
      expect(await bench.messaging.deadLetters.list()).toMatchObject([{ code: 'corrupt' }]);
      const next = [await bench.put('key', 'next'), await bench.put(others[0] ?? '', 'next')];
      await bench.ended(...next);
      for (const operation of next) expect(bench.ends(operation)).toMatchObject([{ type: 'COMMIT' }]);
      expect(await bench.held('key')).toBe('next');
      // What it says of itself blocks and unblocks no key of its own partition.
      expect(bench.ends('old').map(({ type, ...rest }) => [type, 'path' in rest && rest.path])).toEqual([
        ['COMMIT', old.path],
        ['ABORT', expect.stringMatching(/^coffer\.secret\.mutations-/)],
      ]);
    });
  });

  it('counts an end once, however often it has to be said', async () => {
    await bench.join(losing(bench.messaging, 'COMMIT', 2));
    await bench.ended(await bench.put('key'));
    await until(() => bench.messaging.producer.unfinished(path('key').toString()) === 0);
    expect(await bench.counted()).toEqual({ 'put applied': 1 });
  });

  it('hands over to another worker whatever is unfinished, and every mutation ends', async () => {
    const leave = await bench.join();
    bench.store.set({ code: 'unavailable', when: 'before', operations: ['put'] });
    const operations = await Promise.all(
      Array.from({ length: 30 }, (_, round) => bench.put(`key ${round % 5}`, `${round}`)),
    );
    await until(() => bench.entries.some(({ record }) => record.type === 'PREPARE'));
    await bench.join();
    await leave();
    bench.store.clear();
    await bench.ended(...operations);
    for (let key = 0; key < 5; key += 1) expect(await bench.held(`key ${key}`)).toBe(`${25 + key}`);
    for (const operation of operations) expect(bench.ends(operation)).toHaveLength(1);
  });

  it('claims a partition again that the group still gives it, when a late OWNER of another worker voided its own', async () => {
    await bench.join();
    await bench.ended(await bench.put('key'));
    bench.store.set({ code: 'throttled', when: 'before' });
    const inFlight = await bench.put('key', 'in hand');
    for (const partition of [0, 1]) {
      await bench.messaging.log.append(0, { type: 'OWNER', partition, claim: 'a worker that is gone' });
    }
    await until(() => bench.logged.some((line) => line.includes('another worker has claimed the partition')));
    bench.store.clear();
    const after = await bench.put('key', 'after');
    bench.skipped += 10_000;
    await bench.ended(inFlight, after);
    expect(await bench.held('key')).toBe('after');
  });

  it('says nothing of a value in its log, whatever fails', async () => {
    await bench.join(losing(bench.messaging, 'PREPARE', 1));
    bench.store.set({ code: 'timeout', when: 'after', times: 1 });
    const first = await bench.put('key');
    await bench.ended(first);
    bench.store.set({ code: 'denied', when: 'before', times: 1 });
    await bench.ended(await bench.put('key'));
    expect(bench.logged.length).toBeGreaterThan(2);
    expect(bench.logged.join('\n')).not.toContain(VALUE);
  });
});
