import type { MutationProducer, SealedMutation } from '@coffer/messaging';
import type { SpanOptions, Traces } from '@coffer/observability';
import { CofferError, SecretValue, type ErrorCode, type Mutation } from '@coffer/secrets';
import { MutationPublisher } from './mutation-publisher.js';
import { ALICE, keyed, path, publishing, put, until, WriterBench } from './writer-bench.fixture.js';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

let bench: WriterBench;
beforeEach(async () => {
  bench = await WriterBench.open();
});

/** Writes, and ends the write by a worker’s hand. */
const written = async (mutation: Mutation, ...end: Parameters<WriterBench['end']>) => {
  const { writer } = await bench.gateway();
  const writing = writer.write(mutation, ALICE);
  await until(() => bench.queued.length === 1);
  await bench.end(...end);
  return writing;
};
const errorOf = async (attempt: Promise<unknown>): Promise<CofferError> => {
  const error: unknown = await attempt.catch((reason: unknown) => reason);
  if (!CofferError.is(error)) throw new Error('it was answered');
  return error;
};

describe('the answer to a write', () => {
  const whole: Mutation = { kind: 'put', path, value: new SecretValue('v'), metadata: { description: 'd', tags: [] } };
  const patch: Mutation = { kind: 'patch', path, metadata: { description: 'd' } };
  const stored = { version: '2', revision: 7, changed: 1_000, metadata: { tags: [{ key: 'a', value: 'b' }] } };
  const operation = expect.any(String) as string;

  it.each([whole, patch])('to a $kind is all that the store then holds', async (mutation) => {
    expect(await written(mutation, undefined, stored)).toEqual({ operation, ...stored });
  });

  it.each(['delete', 'drop'] as const)('to a %s has the revision, and when it was accepted', async (kind) => {
    expect(await written({ kind, path }, undefined, stored)).toEqual({ operation, revision: 7, changed: 1_000 });
  });

  it('to a delete has no time that the store does not know', async () => {
    const { changed, ...rest } = stored;
    expect(changed).toBeDefined();
    expect(await written({ kind: 'delete', path }, undefined, rest)).not.toHaveProperty('changed');
  });

  it.each([whole, patch])(
    'to a $kind is what was asked, where the log tells nothing of the outcome',
    async (mutation) => {
      expect(await written(mutation, undefined, null)).toEqual({ operation, metadata: { description: 'd', tags: [] } });
    },
  );

  it('to a delete is its operation, where the log tells nothing of the outcome', async () => {
    expect(await written({ kind: 'delete', path }, undefined, null)).toEqual({ operation });
  });

  it.each<[ErrorCode, string]>([
    ['not-found', "there is no secret 'key' in the namespace 'company'"],
    ['precondition-failed', "the secret 'key' of the namespace 'company' is not as the request demands"],
    ['denied', 'the store did not take the write: denied'],
  ])('that failed with %s says so, names the secret and its operation', async (code, message) => {
    const { writer } = await bench.gateway();
    const failing = errorOf(writer.write(put(), ALICE));
    await until(() => bench.queued.length === 1);
    const [{ mutation } = { mutation: undefined }] = bench.queued;
    await bench.end(code);
    expect(await failing).toMatchObject({
      ...{ code, message: expect.stringContaining(message) as string, details: { operation: mutation?.operation } },
    });
  });

  it('is remembered for who submits the request again', async () => {
    const { writer } = await bench.gateway();
    const first = await writer.submit(put(), keyed('k'));
    await bench.end();
    await until(() => writer.operation('main', first).state === 'applied');
    expect(await writer.submit(put(), keyed('k'))).toBe(first);
    expect(bench.queued).toEqual([]);
  });
});

describe('a write whose answer is late', () => {
  const unknown = /^it is not known yet whether the write was accepted: ask for the operation/;

  it.each(['write', 'submit'] as const)('is not said to be accepted before the queue has it: %s', async (how) => {
    const producer = publishing(() => new Promise(() => undefined));
    const { writer } = await bench.gateway({ waitMs: 10, messaging: { ...bench.messaging, producer } });
    expect((await errorOf(writer[how](put(), ALICE))).message).toMatch(unknown);
  });

  it('is not said to be accepted where the queue does not know either', async () => {
    const producer = publishing(() => Promise.reject(new CofferError('timeout', 'in doubt')));
    const { writer } = await bench.gateway({ waitMs: 10, messaging: { ...bench.messaging, producer } });
    expect((await errorOf(writer.write(put(), ALICE))).message).toMatch(unknown);
  });
});

describe('what a write leaves behind', () => {
  it('is no timer, and nobody who waits', async () => {
    const { writer, metrics } = await bench.gateway();
    const waiting = async () => (await metrics.writesWaiting.get()).values[0]?.value;
    const [set, cleared] = [jest.spyOn(globalThis, 'setTimeout'), jest.spyOn(globalThis, 'clearTimeout')];
    try {
      const writing = writer.write(put(), ALICE);
      expect(await waiting()).toBe(1);
      await until(() => bench.queued.length === 1);
      await bench.end();
      await writing;
      expect(await waiting()).toBe(0);
      const timers = set.mock.results.map(({ value }) => value as unknown);
      expect(timers.length).toBeGreaterThan(0);
      expect(cleared.mock.calls.flat()).toEqual(expect.arrayContaining(timers));
    } finally {
      set.mockRestore();
      cleared.mockRestore();
    }
  });

  it('is counted as unfinished until a worker has finished it', async () => {
    const { writer, metrics } = await bench.gateway();
    const unfinished = async () => {
      metrics.onScrape.forEach((refresh) => refresh());
      return (await metrics.queueUnfinished.get()).values[0]?.value;
    };
    expect(await unfinished()).toBe(0);
    for (const key of ['one', 'two']) await writer.submit(put('v', key), ALICE);
    expect(await unfinished()).toBe(2);
  });
});

describe('the trace of a write', () => {
  const traced = async (options: { traceparent?: string }, traces?: Traces): Promise<SealedMutation> => {
    const { writer } = await bench.gateway(traces === undefined ? {} : { traces });
    await writer.submit(put(), { ...ALICE, ...options });
    await until(() => bench.queued.length === 1);
    const [delivery] = bench.queued;
    if (delivery === undefined) throw new Error('nothing is queued');
    return delivery.mutation;
  };

  it('goes on in the queue, where there is one', async () => {
    expect((await traced({ traceparent: TRACEPARENT })).traceparent).toBe(TRACEPARENT);
  });

  it('is none where the request has none', async () => {
    expect(await traced({})).not.toHaveProperty('traceparent');
  });

  it('has a span that says which secret is written and how that ended', async () => {
    const spans: [string, SpanOptions][] = [];
    const ends: unknown[] = [];
    const traces: Traces = {
      active: true,
      span: (name, options) => {
        spans.push([name, options]);
        return { traceparent: 'next', add: () => undefined, end: (failure) => void ends.push(failure) };
      },
      close: () => Promise.resolve(),
    };
    const { operation, traceparent } = await traced({ traceparent: TRACEPARENT }, traces);
    expect(traceparent).toBe('next');
    const facts = {
      ...{ 'coffer.operation': operation, 'coffer.kind': 'put' },
      ...{ 'coffer.tenant': 'main', 'coffer.namespace': 'company', 'coffer.key': 'key' },
    };
    expect(spans).toEqual([['send coffer.secret.mutations', { kind: 'producer', parent: TRACEPARENT, facts }]]);
    const producer = publishing(() => Promise.reject(new CofferError('unavailable', 'no queue')));
    const { writer } = await bench.gateway({ traces, messaging: { ...bench.messaging, producer } });
    await errorOf(writer.submit(put(), ALICE));
    expect(ends).toEqual([undefined, 'unavailable']);
  });
});

describe('a queue whose clock jumps', () => {
  it('is tried twice for one write, which is then refused and certainly not written', async () => {
    let tries = 0;
    const publish: MutationProducer['publish'] = async () => {
      tries += 1;
      if (tries > 10) throw new Error('it was tried again and again');
      return { partition: 0, offset: BigInt(tries), timestamp: bench.clock.wall() + tries * 3_600_000 };
    };
    const { operations } = await bench.gateway();
    const publisher = new MutationPublisher({
      messaging: { ...bench.messaging, producer: publishing(publish) },
      ...{ operations, sealer: bench.sealer },
    });
    const error = await errorOf(publisher.publish(put(), { operation: 'o', fingerprint: 'f' }));
    expect([error.code, tries]).toEqual(['unavailable', 2]);
  });
});
