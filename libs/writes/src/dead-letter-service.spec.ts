import type { LogRecord } from '@coffer/coherence';
import { KeyRing } from '@coffer/crypto';
import {
  deadLetterId,
  isStale,
  memoryMessaging,
  MessageSealer,
  plaintextOf,
  type Delivery,
  type Messaging,
  type MutationProducer,
  type QueuePlace,
  type SealedMutation,
} from '@coffer/messaging';
import { CofferError, fenceOf, SecretPath, SecretValue, systemClock, type Mutation } from '@coffer/secrets';
import { v7 as uuid } from 'uuid';
import { DeadLetterService, type DeadLetterServiceOptions } from './dead-letter-service.js';
import { Operations } from './operations.js';
import { MAX_UNFINISHED, WriteAdmission } from './write-admission.js';

const WINDOW_MS = 60_000;
const ALL = (): boolean => true;
const ANYBODY = (): void => undefined;

const SENT_AT = 1_700_000_000_000;
let sealer: MessageSealer;
beforeAll(async () => {
  const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
  sealer = new MessageSealer(await KeyRing.derive([{ id: 'k', secret, active: true }]));
});

const mutationOf = (path: string): Mutation => ({
  ...{ kind: 'put', path: SecretPath.parse(path), value: new SecretValue('v'), metadata: { tags: [] } },
});

const sealed = (path = 'main/ns/key', operation: string = uuid()): SealedMutation => {
  const fingerprint = `fingerprint of ${operation}`;
  const options = { operation, fingerprint, traceparent: '00-aa-bb-01', sentAt: SENT_AT };
  return path.split('/').length === 3
    ? sealer.sealMutation(mutationOf(path), { ...options, partition: 0 })
    : { schema: 1, ...options, kind: 'put', path, body: new Uint8Array([1, 2, 3]) };
};

/** Everything here ends within a few turns of the event loop; the bound only ends a wait for what never comes. */
const until = async (condition: () => boolean): Promise<void> => {
  for (let turns = 100_000; !condition(); turns -= 1) {
    if (turns === 0) throw new Error('waited in vain');
    await new Promise((resolve) => setImmediate(resolve));
  }
};

/** A gateway's service over a queue whose deliveries stay where they are, and a log in which the test writes. */
const openBench = async (
  more: (options: { messaging: Messaging }) => Partial<DeadLetterServiceOptions> = () => ({}),
) => {
  const messaging = memoryMessaging({ partitions: 1, shards: 1 }, WINDOW_MS, systemClock);
  const operations = new Operations(WINDOW_MS, messaging.log, systemClock);
  const log: object[] = [];
  let read = 0;
  await messaging.log.tail([0], {
    read: (entry) => {
      operations.read(entry);
      read += 1;
    },
  });
  const queued: Delivery[] = [];
  await messaging.consumer().start({
    assigned: async () => undefined,
    revoked: () => undefined,
    deliver: (delivery) => {
      queued.push(delivery);
      return new Promise(() => undefined);
    },
  });
  const { producer } = messaging;
  const admission = new WriteAdmission({ producer, queueMaxBytes: Infinity, refused: () => undefined });
  const options = {
    messaging,
    operations,
    admission,
    sealer,
    logger: { info: (fields: object) => void log.push(fields) },
  };
  const service = new DeadLetterService({ ...options, ...more(options) });
  let said = 0;
  const say = async (type: 'PREPARE' | 'COMMIT' | 'ABORT', { operation, path }: SealedMutation, offset: bigint) => {
    const base = { partition: 0, owner: 0n, path, fence: fenceOf(1, offset), operation };
    const end = { ...base, kind: 'put', fingerprint: `fingerprint of ${operation}` } as const;
    const entry: LogRecord =
      type === 'PREPARE'
        ? { type, ...base, prepareNumber: 1 }
        : type === 'COMMIT'
          ? { type, ...end, outcome: 'applied', sealed: new Uint8Array() }
          : { type, ...end, code: 'corrupt' };
    await messaging.log.append(0, entry);
    said += 1;
    await until(() => read === said);
  };
  /** As a worker does: the letter, then the ABORT. */
  const addDeadLetter = async (deadLetter: SealedMutation, offset: bigint): Promise<string> => {
    const id = deadLetterId(fenceOf(1, offset), 0);
    await messaging.deadLetters.add({ id, mutation: deadLetter, code: 'corrupt', time: 1_000 - Number(offset) });
    await say('ABORT', deadLetter, offset);
    return id;
  };
  const ids = async (): Promise<string[]> => (await messaging.deadLetters.list()).map(({ id }) => id);
  return { messaging, operations, service, queued, log, say, addDeadLetter, ids };
};

/** With a queue that is published to in that way. */
const publishing =
  (publish: (sent: SealedMutation, producer: MutationProducer) => Promise<QueuePlace>) =>
  ({ messaging }: { messaging: Messaging }): Partial<DeadLetterServiceOptions> => {
    const { deadLetters, time, producer } = messaging;
    const { partitions } = producer;
    return {
      messaging: {
        ...{ deadLetters, time },
        producer: {
          partitions,
          publish: (sent) => publish(sent, producer),
          unfinished: (path) => producer.unfinished(path),
          backlog: () => producer.backlog(),
          ready: () => producer.ready(),
          close: () => producer.close(),
        },
      },
    };
  };

const stateOf = ({ operations }: { operations: Operations }, { operation }: SealedMutation) =>
  operations.state('main', operation);

describe('the list of dead letters', () => {
  it('is oldest first, without what the record is sealed with, and filtered', async () => {
    const bench = await openBench();
    const [first, second, nowhere] = [sealed('main/ns/a%2Fb'), sealed('other/ns/b'), sealed('somewhere-3-17')];
    for (const [offset, deadLetter] of [first, second, nowhere].entries())
      await bench.addDeadLetter(deadLetter, BigInt(offset));
    const deadLetters = await bench.service.list(ALL);
    expect(deadLetters.map(({ time, path, ...rest }) => [time, path?.toString(), Object.keys(rest)])).toEqual([
      [998, undefined, ['id', 'kind', 'code', 'operation']],
      [999, 'other/ns/b', ['id', 'kind', 'code', 'operation']],
      [1_000, 'main/ns/a%2Fb', ['id', 'kind', 'code', 'operation']],
    ]);
    expect(deadLetters[0]).not.toHaveProperty('path');
    const mine = await bench.service.list(({ path }) => path?.tenant === 'main');
    expect(mine.map(({ operation }) => operation)).toEqual([first.operation]);
  });

  it.each([
    ['a', 'b', 'c'],
    ['c', 'b', 'a'],
    ['b', 'c', 'a'],
  ])('is in the order of ids where times are the same: %s, %s, %s', async (...ids) => {
    const bench = await openBench();
    for (const id of ids) await bench.messaging.deadLetters.add({ id, mutation: sealed(), code: 'denied', time: 1 });
    expect((await bench.service.list(ALL)).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });
});

describe('the replay of a dead letter', () => {
  it('queues the mutation again, sealed anew, discards the letter, and says who did it', async () => {
    const bench = await openBench();
    const deadLetter = sealed();
    const id = await bench.addDeadLetter(deadLetter, 0n);
    expect(await bench.service.replay(id, ALL, ANYBODY, 'token:ops')).toMatchObject({
      operation: deadLetter.operation,
    });
    await until(() => bench.queued.length === 1);
    const [queued] = bench.queued;
    if (queued === undefined) throw new Error('nothing is queued');
    const { sentAt, body } = queued.mutation;
    expect(queued.mutation).toEqual({ ...deadLetter, sentAt, body });
    expect(isStale(queued.timestamp, sentAt)).toBe(false);
    expect(Buffer.compare(body, deadLetter.body)).not.toBe(0);
    expect(plaintextOf(sealer.openMutation(queued.mutation, 0))).toBe(plaintextOf(mutationOf(deadLetter.path)));
    expect(await bench.ids()).toEqual([]);
    expect(bench.log).toEqual([{ deadLetter: id, operation: deadLetter.operation, principal: 'token:ops' }]);
  });

  it('makes the operation pending until the end of its new fence, on this gateway and on others', async () => {
    const bench = await openBench();
    const deadLetter = sealed();
    const other = new Operations(WINDOW_MS, bench.messaging.log, systemClock);
    await bench.messaging.log.tail([0], { read: (entry) => other.read(entry) });
    const id = await bench.addDeadLetter(deadLetter, 0n);
    await until(() => other.state('main', deadLetter.operation).state === 'failed');
    expect(stateOf(bench, deadLetter)).toEqual({ state: 'failed', code: 'corrupt' });
    await bench.service.replay(id, ALL, ANYBODY, 'token:ops');
    expect(stateOf(bench, deadLetter)).toEqual({ state: 'pending' });
    await bench.say('ABORT', deadLetter, 0n);
    expect(stateOf(bench, deadLetter)).toEqual({ state: 'pending' });
    await bench.say('PREPARE', deadLetter, 1n);
    await until(() => other.state('main', deadLetter.operation).state === 'pending');
    await bench.say('COMMIT', deadLetter, 1n);
    expect(stateOf(bench, deadLetter)).toEqual({ state: 'applied' });
    await until(() => other.state('main', deadLetter.operation).state === 'applied');
  });

  it('that fails again is failed, not pending for ever', async () => {
    const bench = await openBench();
    const deadLetter = sealed();
    await bench.service.replay(await bench.addDeadLetter(deadLetter, 0n), ALL, ANYBODY, 'token:ops');
    const again = await bench.addDeadLetter(deadLetter, 1n);
    expect(stateOf(bench, deadLetter)).toEqual({ state: 'failed', code: 'corrupt' });
    expect(await bench.ids()).toEqual([again]);
  });

  it('is in flight to whoever repeats the request with its Idempotency-Key meanwhile', async () => {
    const bench = await openBench();
    const deadLetter = sealed();
    const id = await bench.addDeadLetter(deadLetter, 0n);
    expect(bench.operations.earlier(deadLetter.operation, deadLetter.fingerprint)).toMatchObject({ type: 'ABORT' });
    await bench.service.replay(id, ALL, ANYBODY, 'token:ops');
    expect(() => bench.operations.earlier(deadLetter.operation, deadLetter.fingerprint)).toThrow(/still under way/);
  });

  it('of what was applied meanwhile queues nothing and discards the letter', async () => {
    const bench = await openBench();
    const deadLetter = sealed();
    const id = await bench.addDeadLetter(deadLetter, 0n);
    await bench.say('COMMIT', deadLetter, 1n);
    await bench.service.replay(id, ALL, ANYBODY, 'token:ops');
    expect([await bench.messaging.endOffset(0), await bench.ids()]).toEqual([0n, []]);
    expect(stateOf(bench, deadLetter)).toEqual({ state: 'applied' });
  });

  it.each([
    ['its body does not open', { body: new Uint8Array([1, 2, 3]) }],
    ['it was sealed at another time', { sentAt: SENT_AT + 1 }],
    ['it says another kind', { kind: 'delete' }],
    ['it is of another version', { schema: 2 }],
    ['its value is not there, having been too large', { body: new Uint8Array() }, /too large for its topic/],
  ] as const)(
    'is refused, and the letter stays, when %s',
    async (_, change, message = /does not open with the keys/) => {
      const bench = await openBench();
      const deadLetter = { ...sealed(), ...change };
      const id = await bench.addDeadLetter(deadLetter, 0n);
      await expect(bench.service.replay(id, ALL, ANYBODY, 'token:ops')).rejects.toMatchObject({
        code: 'corrupt',
        message: expect.stringMatching(message) as string,
        details: { operation: deadLetter.operation },
      });
      expect([await bench.messaging.endOffset(0), await bench.ids()]).toEqual([0n, [id]]);
    },
  );

  it('keeps the letter, and the failure, when the queue does not take it', async () => {
    const bench = await openBench();
    const deadLetter = sealed();
    const id = await bench.addDeadLetter(deadLetter, 0n);
    await bench.messaging.producer.close();
    await expect(bench.service.replay(id, ALL, ANYBODY, 'token:ops')).rejects.toMatchObject({ code: 'unavailable' });
    expect(await bench.ids()).toEqual([id]);
    expect(stateOf(bench, deadLetter)).toEqual({ state: 'failed', code: 'corrupt' });
    expect(bench.log).toEqual([]);
  });

  it('queues what had no trace context without one', async () => {
    const bench = await openBench();
    const { traceparent, ...untraced } = sealed();
    expect(traceparent).toBeDefined();
    await bench.service.replay(await bench.addDeadLetter(untraced, 0n), ALL, ANYBODY, 'token:ops');
    await until(() => bench.queued.length === 1);
    expect(bench.queued[0]?.mutation).not.toHaveProperty('traceparent');
  });

  it('that may be in the queue is pending, and its letter stays', async () => {
    const bench = await openBench(publishing(() => Promise.reject(new CofferError('timeout', 'in doubt'))));
    const deadLetter = sealed();
    const id = await bench.addDeadLetter(deadLetter, 0n);
    await expect(bench.service.replay(id, ALL, ANYBODY, 'token:ops')).rejects.toMatchObject({ code: 'timeout' });
    expect(stateOf(bench, deadLetter)).toEqual({ state: 'pending' });
    expect(await bench.ids()).toEqual([id]);
  });

  it('is not queued where the caller might not make its write', async () => {
    const bench = await openBench();
    const id = await bench.addDeadLetter(sealed(), 0n);
    const refuse = () => {
      throw new CofferError('forbidden', 'not yours');
    };
    await expect(bench.service.replay(id, ALL, refuse, 'token:ops')).rejects.toMatchObject({ code: 'forbidden' });
    expect([await bench.messaging.endOffset(0), await bench.ids()]).toEqual([0n, [id]]);
  });

  it('discards no letter before the queue has it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const bench = await openBench(
      publishing(async (sent, producer) => {
        await promise;
        return producer.publish(sent);
      }),
    );
    const id = await bench.addDeadLetter(sealed(), 0n);
    const replayed = bench.service.replay(id, ALL, ANYBODY, 'token:ops');
    await new Promise((next) => setImmediate(next));
    expect(await bench.ids()).toEqual([id]);
    resolve();
    await replayed;
    expect(await bench.ids()).toEqual([]);
  });

  it('queues nothing behind too many unfinished mutations', async () => {
    const bench = await openBench();
    const deadLetter = sealed();
    const id = await bench.addDeadLetter(deadLetter, 0n);
    for (let count = 0; count < MAX_UNFINISHED; count += 1) await bench.messaging.producer.publish(sealed());
    await expect(bench.service.replay(id, ALL, ANYBODY, 'token:ops')).rejects.toMatchObject({
      code: 'overloaded',
      details: { operation: deadLetter.operation },
    });
    expect([await bench.messaging.endOffset(0), await bench.ids()]).toEqual([BigInt(MAX_UNFINISHED), [id]]);
  });

  it('refuses what names no secret, what is not there, and what the caller may not see', async () => {
    const bench = await openBench();
    const nowhere = await bench.addDeadLetter(sealed('somewhere-3-17'), 0n);
    const foreign = await bench.addDeadLetter(sealed('other/ns/key'), 1n);
    const codeOf = (id: string, visible: () => boolean) =>
      bench.service
        .replay(id, visible, ANYBODY, 'token:ops')
        .catch((error: unknown) => CofferError.is(error) && error.code);
    expect(await codeOf(nowhere, ALL)).toBe('invalid');
    expect(await codeOf(foreign, () => false)).toBe('not-found');
    expect(await codeOf('281474976710999-0', ALL)).toBe('not-found');
    expect([await bench.messaging.endOffset(0), await bench.ids()]).toEqual([0n, [nowhere, foreign]]);
  });
});

describe('discarding a dead letter', () => {
  it('is idempotent, leaves the operation failed, and what the caller may not see where it is', async () => {
    const bench = await openBench();
    const deadLetter = sealed();
    const id = await bench.addDeadLetter(deadLetter, 0n);
    expect(await bench.service.discard(id, () => false, 'token:ops')).toBeUndefined();
    expect([await bench.ids(), bench.log]).toEqual([[id], []]);
    expect(await bench.service.discard(id, ALL, 'token:ops')).toMatchObject({ operation: deadLetter.operation });
    expect(await bench.service.discard(id, ALL, 'token:ops')).toBeUndefined();
    expect(await bench.ids()).toEqual([]);
    expect(bench.log).toEqual([{ deadLetter: id, operation: deadLetter.operation, principal: 'token:ops' }]);
    expect(stateOf(bench, deadLetter)).toEqual({ state: 'failed', code: 'corrupt' });
  });
});
