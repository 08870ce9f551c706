import { KeyRing } from '@coffer/crypto';
import { isStale, type Messaging, type MutationProducer, type SealedMutation } from '@coffer/messaging';
import { CofferError, fenceOf, SecretValue } from '@coffer/secrets';
import { MAX_UNFINISHED } from './write-admission.js';
import {
  ALICE,
  codeOf,
  keyed,
  path,
  publishing,
  put,
  QUEUE_BYTES,
  until,
  WINDOW_MS,
  WriterBench,
} from './writer-bench.fixture.js';

describe('the writer of mutations', () => {
  let bench: WriterBench;
  beforeEach(async () => {
    bench = await WriterBench.open();
  });

  it('queues a sealed mutation and answers with what the store then holds', async () => {
    const { writer } = await bench.gateway();
    const writing = writer.write(put('hunter2'), ALICE);
    await until(() => bench.queued.length === 1);
    const [delivery] = bench.queued;
    expect(Buffer.from(delivery?.mutation.body ?? []).toString('latin1')).not.toContain('hunter2');
    expect(JSON.stringify({ ...delivery?.mutation, body: '' })).not.toContain('hunter2');
    await bench.end();
    expect(await writing).toMatchObject({ operation: delivery?.mutation.operation, metadata: { tags: [] } });
  });

  it('says in time that the outcome is not known, and what to ask for', async () => {
    const { writer } = await bench.gateway({ waitMs: 1 });
    const error = await writer.write(put(), ALICE).catch((reason: unknown) => reason);
    if (!CofferError.is(error, 'timeout')) throw new Error('the write was answered');
    expect(error.message).toMatch(/^the write was accepted, /);
    const operation = String(error.details['operation']);
    expect(writer.operation('main', operation)).toEqual({ state: 'pending' });
    await bench.end('invalid');
    await until(() => writer.operation('main', operation).state !== 'pending');
    expect(writer.operation('main', operation)).toEqual({ state: 'failed', code: 'invalid' });
    expect(() => writer.operation('other', operation)).toThrow(/no such operation/);
  });

  it.each(['not-found', 'denied', 'too-large'] as const)('answers an ABORT with its code: %s', async (code) => {
    const { writer } = await bench.gateway();
    const writing = codeOf(writer.write(put(), ALICE));
    await until(() => bench.queued.length === 1);
    await bench.end(code);
    expect(await writing).toBe(code);
  });

  describe('a failure that a worker says of a mutation that is not what a gateway queued', () => {
    const abort = async ({ operation, path: at, kind, fingerprint }: SealedMutation, offset: bigint, partition = 0) => {
      const said = { partition, owner: 0n, path: at, fence: fenceOf(1, offset), operation, kind, fingerprint };
      await bench.messaging.log.append(0, { type: 'ABORT', ...said, code: 'corrupt', claimed: true });
    };

    it('is nobody’s answer but that of the gateway which queued one at that very place', async () => {
      const [one, two] = [await bench.gateway(), await bench.gateway()];
      const writing = codeOf(one.writer.write(put(), keyed('k')));
      await until(() => bench.queued.length === 1);
      const [delivery] = bench.queued;
      if (delivery === undefined) throw new Error('nothing is queued');
      const { mutation, offset } = delivery;
      // Forged: by who knows the operation from the queue.
      await abort(mutation, offset + 1n);
      await abort(mutation, offset, 1);
      expect(one.operations.state('main', mutation.operation)).toEqual({ state: 'pending' });
      expect(two.operations.state('main', mutation.operation)).toEqual({ state: 'pending' });
      await abort(mutation, offset);
      expect(await writing).toBe('corrupt');
      expect(one.operations.state('main', mutation.operation)).toEqual({ state: 'failed', code: 'corrupt' });
      expect(two.operations.state('main', mutation.operation)).toEqual({ state: 'pending' });
    });

    it('is known as its own also where it is read before the queue has answered', async () => {
      const { producer } = bench.messaging;
      const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
      const slow = publishing(async (mutation) => {
        const place = await producer.publish(mutation);
        await answered;
        return place;
      });
      const { writer, operations } = await bench.gateway({ messaging: { ...bench.messaging, producer: slow } });
      const writing = codeOf(writer.write(put(), ALICE));
      await until(() => bench.queued.length === 1);
      const [{ mutation, offset } = { mutation: undefined, offset: 0n }] = bench.queued;
      if (mutation === undefined) throw new Error('nothing is queued');
      await abort(mutation, offset + 1n);
      await abort(mutation, offset);
      await bench.messaging.log.append(0, { type: 'EPOCH', claim: 'c' });
      await new Promise((resolve) => setImmediate(resolve));
      expect(operations.state('main', mutation.operation)).toEqual({ state: 'pending' });
      answer();
      expect(await writing).toBe('corrupt');
    });
  });

  it('refuses nothing because its clock is wrong: it queues again by the queue’s own', async () => {
    let queueTime = bench.clock.wall() - 3_600_000;
    const { producer } = bench.messaging;
    const published: SealedMutation[] = [];
    const telling = publishing(async (mutation) => {
      published.push(mutation);
      const place = await producer.publish(mutation);
      queueTime = place.timestamp;
      return place;
    });
    const time = { now: () => queueTime, offsetMs: () => 0 };
    const { writer, operations } = await bench.gateway({ messaging: { ...bench.messaging, producer: telling, time } });
    const writing = writer.write(put(), ALICE);
    await until(() => bench.queued.length === 2);
    const [stale, again] = bench.queued.splice(0);
    if (stale === undefined || again === undefined) throw new Error('nothing is queued');
    expect([isStale(stale.timestamp, stale.mutation.sentAt), isStale(again.timestamp, again.mutation.sentAt)]).toEqual([
      true,
      false,
    ]);
    const { operation, path: at, kind, fingerprint } = stale.mutation;
    const said = { partition: 0, owner: 0n, path: at, fence: fenceOf(1, stale.offset), operation, kind, fingerprint };
    await bench.messaging.log.append(0, { type: 'ABORT', ...said, code: 'stale', claimed: true });
    await bench.messaging.log.append(0, { type: 'EPOCH', claim: 'c' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(operations.state('main', operation)).toEqual({ state: 'pending' });
    bench.queued.push(again);
    await bench.end();
    expect(await writing).toMatchObject({ operation });
    expect(published.map(({ sentAt }) => sentAt)).toEqual([stale.mutation.sentAt, again.mutation.sentAt]);
  });

  it('finds the outcome of the first request with an Idempotency-Key, through another gateway, and queues nothing', async () => {
    const [one, two] = [await bench.gateway(), await bench.gateway()];
    const first = one.writer.write(put(), keyed('k'));
    await until(() => bench.queued.length === 1);
    await bench.end();
    const { operation } = await first;
    await until(() => two.operations.state('main', operation).state === 'applied');
    expect((await two.writer.write(put(), keyed('k'))).operation).toBe(operation);
    expect(await codeOf(two.writer.write(put('another'), keyed('k')))).toBe('operation-mismatch');
    expect(bench.queued).toEqual([]);
  });

  describe.each([
    ['a later', 'k2'],
    ['an earlier', 'j'],
  ])('an Idempotency-Key, when %s key id becomes the active one', (_, id) => {
    const sources = (active: string) =>
      ['k', id].map((key, index) => ({
        id: key,
        secret: new SecretValue(Buffer.alloc(32, 7 + index).toString('base64')),
        active: key === active,
      }));

    it('still finds the first outcome, through a gateway that has it active already', async () => {
      const rotated = await KeyRing.derive(sources(id));
      const [one, two] = [await bench.gateway(), await bench.gateway({ ring: rotated })];
      const first = one.writer.write(put(), keyed('k'));
      await until(() => bench.queued.length === 1);
      await bench.end();
      const { operation } = await first;
      await until(() => two.operations.state('main', operation).state === 'applied');
      expect((await two.writer.write(put(), keyed('k'))).operation).toBe(operation);
      expect(await codeOf(two.writer.write(put('another'), keyed('k')))).toBe('operation-mismatch');
      expect(bench.queued).toEqual([]);
    });

    it('means one operation to two gateways that know both keys, at the same time', async () => {
      const rings = [await KeyRing.derive(sources('k')), await KeyRing.derive(sources(id))];
      const operations: string[] = [];
      for (const ring of rings) {
        const { writer } = await bench.gateway({ ring });
        operations.push(await writer.submit(put(), keyed('k')));
      }
      await until(() => bench.queued.length === 2);
      expect(operations[0]).toBe(operations[1]);
      expect(bench.queued[0]?.mutation.fingerprint).toBe(bench.queued[1]?.mutation.fingerprint);
    });
  });

  it('answers with the first failure again, while it is remembered', async () => {
    const { writer } = await bench.gateway();
    const first = codeOf(writer.write(put(), keyed('k')));
    await until(() => bench.queued.length === 1);
    await bench.end('denied');
    expect([await first, await codeOf(writer.write(put(), keyed('k')))]).toEqual(['denied', 'denied']);
    expect(bench.queued).toEqual([]);
  });

  it('refuses a repeat while the first is under way, here and where only its PREPARE was read', async () => {
    const [one, two] = [await bench.gateway(), await bench.gateway()];
    const first = one.writer.write(put(), keyed('k'));
    await until(() => bench.queued.length === 1);
    expect(await codeOf(one.writer.write(put(), keyed('k')))).toBe('operation-in-flight');
    expect(await codeOf(one.writer.write(put('another'), keyed('k')))).toBe('operation-mismatch');
    const [operation = ''] = bench.queued.map(({ mutation }) => mutation.operation);
    await bench.prepare();
    await until(() => two.operations.state('main', operation).state === 'pending');
    await bench.messaging.log.append(0, { type: 'EPOCH', claim: 'c' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await codeOf(two.writer.write(put(), keyed('k')))).toBe('operation-in-flight');
    await bench.end();
    await first;
  });

  it('tells neither of two payloads that raced under one key that the other one was written', async () => {
    const [one, two] = [await bench.gateway(), await bench.gateway()];
    const answers = [
      codeOf(one.writer.write(put('one'), keyed('k'))),
      codeOf(two.writer.write(put('two'), keyed('k'))),
    ];
    await until(() => bench.queued.length === 2);
    await bench.end();
    expect(await Promise.all(answers)).toEqual(['ok', 'operation-mismatch']);
  });

  it('keeps the keys of two principals, and of two paths, apart', async () => {
    const { writer } = await bench.gateway();
    const ids = [
      await writer.submit(put(), keyed('k')),
      await writer.submit(put(), keyed('k', 'bob')),
      await writer.submit(put('v', 'other'), keyed('k')),
      await writer.submit(put(), ALICE),
    ];
    expect(new Set(ids).size).toBe(4);
  });

  it('queues nothing more behind too many unfinished mutations', async () => {
    const { writer } = await bench.gateway();
    for (let count = 0; count < MAX_UNFINISHED; count += 1) await writer.submit(put(), ALICE);
    expect(await codeOf(writer.submit(put(), ALICE))).toBe('overloaded');
    await until(() => bench.queued.length === MAX_UNFINISHED);
    expect(bench.messaging.producer.unfinished(path.toString())).toBe(MAX_UNFINISHED);
  });

  describe('whose queue does not answer', () => {
    const unavailable = () => new CofferError('unavailable', 'not in the queue');
    const over = (publish: MutationProducer['publish']): Messaging => ({
      ...bench.messaging,
      producer: publishing(publish),
    });

    it('is refused before its answer is due, where it certainly is not in the queue', async () => {
      const silent: MutationProducer['publish'] = (_mutation, signal) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(unavailable())));
      const { writer } = await bench.gateway({ messaging: over(silent), publishTimeoutMs: 10 });
      expect(await codeOf(writer.write(put(), keyed('k')))).toBe('unavailable');
      expect(await codeOf(writer.submit(put(), keyed('k')))).toBe('unavailable');
    });

    it('is answered when the log tells its end, where it may be in the queue', async () => {
      const { producer } = bench.messaging;
      const doubtful = over(async (mutation) => {
        await producer.publish(mutation);
        throw new CofferError('timeout', 'in doubt');
      });
      const { writer } = await bench.gateway({ messaging: doubtful });
      const writing = writer.write(put(), ALICE);
      await until(() => bench.queued.length === 1);
      await bench.end();
      expect(await writing).toMatchObject({ metadata: { tags: [] } });
    });

    it.each(['write', 'submit'] as const)('may be asked for by its operation, where nobody knows: %s', async (how) => {
      const doubtful = over(() => Promise.reject(new CofferError('timeout', 'in doubt')));
      const { writer } = await bench.gateway({ waitMs: 10, messaging: doubtful });
      const error: unknown = await writer[how](put(), ALICE).catch((reason: unknown) => reason);
      if (!CofferError.is(error, 'timeout')) throw new Error('it was answered');
      expect(writer.operation('main', String(error.details['operation']))).toEqual({ state: 'pending' });
    });

    it('has failed, and may be repeated, once it certainly is not in the queue', async () => {
      const { promise: refused, reject } = Promise.withResolvers<never>();
      const { writer } = await bench.gateway({ waitMs: 10, messaging: over(() => refused) });
      const error: unknown = await writer.write(put(), keyed('k')).catch((reason: unknown) => reason);
      if (!CofferError.is(error, 'timeout')) throw new Error('it was answered');
      const operation = String(error.details['operation']);
      expect(writer.operation('main', operation)).toEqual({ state: 'pending' });
      reject(unavailable());
      await until(() => writer.operation('main', operation).state !== 'pending');
      expect(writer.operation('main', operation)).toEqual({ state: 'failed', code: 'unavailable' });
      expect(await codeOf(writer.write(put(), keyed('k')))).toBe('unavailable');
    });
  });

  it('lets a request be repeated that could not be queued', async () => {
    let broken = true;
    const { producer } = bench.messaging;
    const publish: typeof producer.publish = (mutation) =>
      broken ? Promise.reject(new CofferError('unavailable', 'no queue')) : producer.publish(mutation);
    const messaging = { ...bench.messaging, producer: publishing(publish) };
    const { writer } = await bench.gateway({ messaging });
    expect(await codeOf(writer.submit(put(), keyed('k')))).toBe('unavailable');
    broken = false;
    expect(await codeOf(writer.submit(put(), keyed('k')))).toBe('ok');
  });
});

describe('the state of an operation', () => {
  it('is pending while unseen and young, and expired when older', async () => {
    const bench = await WriterBench.open();
    const { writer } = await bench.gateway();
    const young = (await bench.gateway()).writer;
    const random = await young.submit(put(), ALICE);
    const derived = await young.submit(put(), keyed('k'));
    expect(writer.operation('main', random)).toEqual({ state: 'pending' });
    expect(writer.operation('main', derived)).toEqual({ state: 'pending' });
    bench.skipped += WINDOW_MS + 1_000;
    for (const id of [random, derived, 'nonsense']) {
      expect(() => writer.operation('main', id)).toThrow(/no such operation/);
    }
  });

  it('is expired, never pending, where it was forgotten before its time', async () => {
    const bench = await WriterBench.open();
    const { writer, operations } = await bench.gateway({ operationsMaxBytes: 150_000 });
    const first = await writer.submit(put(), ALICE);
    await bench.end();
    await until(() => writer.operation('main', first).state === 'applied');
    for (let writes = 0; operations.memory.evictions === 0 && writes < 10_000; writes += 1) {
      bench.skipped += WINDOW_MS / 100;
      await writer.submit(put(), ALICE);
      await bench.end();
    }
    expect(bench.skipped).toBeLessThan(WINDOW_MS);
    expect(() => writer.operation('main', first)).toThrow(/no such operation/);
    expect(operations.memory.bytes).toBeLessThan(200_000);
  });

  it('is forgotten also when nothing is written any more', async () => {
    const bench = await WriterBench.open();
    const { writer, operations } = await bench.gateway();
    await writer.submit(put(), ALICE);
    await bench.end();
    await until(() => operations.memory.bytes > 0);
    bench.skipped += WINDOW_MS;
    operations.sweep();
    expect(operations.memory.bytes).toBeGreaterThan(0);
    bench.skipped += 2 * WINDOW_MS;
    operations.sweep();
    expect(operations.memory.bytes).toBe(0);
  });
});

describe('what a gateway remembers of operations', () => {
  it('takes no new idempotency key rather than forget one, and applies none twice', async () => {
    const bench = await WriterBench.open();
    const { writer } = await bench.gateway({ operationsMaxBytes: 30_000 });
    const first = await writer.submit(put(), keyed('first'));
    await bench.end();
    let codes = '';
    for (let count = 0; codes !== 'overloaded' && count < 10_000; count += 1) {
      codes = await codeOf(writer.submit(put(), keyed(`key ${count}`)));
      await bench.end();
    }
    await expect(writer.submit(put(), keyed('another'))).rejects.toThrow(/coffer\.limits\.operations/);
    expect((await writer.write(put(), keyed('first'))).operation).toBe(first);
    expect(await codeOf(writer.submit(put(), ALICE))).toBe('ok');
    expect(bench.queued).toHaveLength(1);
  });
});

describe('the queue', () => {
  it('is bounded in bytes before anything is queued', async () => {
    const bench = await WriterBench.open();
    const { writer } = await bench.gateway();
    const large = 'x'.repeat(500_000);
    const codes = await Promise.all(
      Array.from({ length: 60 }, (_, count) => codeOf(writer.submit(put(large, `key ${count}`), ALICE))),
    );
    const taken = codes.filter((code) => code === 'ok').length;
    expect(taken).toBeGreaterThan(30);
    expect(codes.filter((code) => code === 'overloaded')).toHaveLength(60 - taken);
    expect(bench.refusals).toBe(60 - taken);
    expect(bench.messaging.producer.backlog()).toMatchObject({ mutations: taken });
    expect(bench.messaging.producer.backlog().bytes).toBeLessThanOrEqual(QUEUE_BYTES + 500_000);
    expect(await codeOf(writer.submit(put('small'), ALICE))).toBe('ok');
  });
});
