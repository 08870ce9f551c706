import { expect } from '@jest/globals';
import type { CallOptions } from '@coffer/backend-contract';
import { FAULT_KINDS, isAbsent, type FaultKind, type FaultyStore } from '../harness.js';
import type { Bench } from './bench.js';

/** How long a call is given which cannot succeed. */
const FAULT_TIMEOUT_MS = 500;

const shortCall = (): CallOptions => ({ signal: AbortSignal.timeout(FAULT_TIMEOUT_MS) });

const testsOf = (kind: FaultKind, opening: () => Promise<FaultyStore>, bench: Bench): void => {
  const { it } = bench;
  const during = async (use: (store: FaultyStore) => Promise<void>): Promise<void> => {
    const store = await opening();
    try {
      await use(store);
    } finally {
      await store.disarm();
      await store.close();
    }
  };

  const scenario = (title: string, run: (store: FaultyStore) => Promise<void>): void =>
    it(`fault ${kind}: ${title}`, () => during(run), 180_000);

  scenario('write is reported, and its replay applies', async (store) => {
    const { backend } = store;
    const path = bench.path();
    await bench.put(path, 'old', backend);
    const fence = bench.fence();
    const write = (call: CallOptions) =>
      backend.apply({ kind: 'put', path, value: bench.value('new'), metadata: { tags: [] } }, { fence, ...call });
    await store.arm();
    expect(store.codes).toContain((await bench.failure(write(shortCall()))).code);
    await store.disarm();
    const between = await bench.eventually(() => bench.textOf(path, backend));
    expect(['old', 'new']).toContain(between);
    expect((await bench.eventually(() => write(bench.call()))).outcome).toBe('applied');
    expect(await bench.textOf(path, backend)).toBe('new');
  });

  scenario('create and delete are reported, and their replays apply', async (store) => {
    const { backend } = store;
    const path = bench.path();
    await bench.put(bench.path('other', path.namespace, path.tenant), 'other', backend);
    const [created, deleted] = [bench.fence(), bench.fence()];
    const create = (call: CallOptions) =>
      backend.apply(
        { kind: 'put', path, value: bench.value('x'), metadata: { tags: [] } },
        { fence: created, ...call },
      );
    const remove = (call: CallOptions) => backend.apply({ kind: 'delete', path }, { fence: deleted, ...call });
    await store.arm();
    expect(store.codes).toContain((await bench.failure(create(shortCall()))).code);
    await store.disarm();
    expect((await bench.eventually(() => create(bench.call()))).outcome).toBe('applied');
    await store.arm();
    expect(store.codes).toContain((await bench.failure(remove(shortCall()))).code);
    await store.disarm();
    expect((await bench.eventually(() => remove(bench.call()))).outcome).toBe('applied');
    expect(await bench.keys(path.tenant, undefined, backend)).toEqual(['other']);
  });

  scenario('read is never reported as absence', async (store) => {
    const { backend } = store;
    const path = bench.path();
    await bench.put(path, 'x', backend);
    await store.arm();
    const error = await bench.failure(backend.read(path, shortCall()));
    expect(store.codes).toContain(error.code);
    expect(store.codes).toContain((await bench.failure(backend.check(shortCall()))).code);
    await store.disarm();
    expect(await bench.eventually(() => bench.textOf(path, backend))).toBe('x');
  });

  scenario('list is cut short with an error', async (store) => {
    const { backend } = store;
    const path = bench.path();
    await bench.put(path, 'x', backend);
    await store.arm();
    const listing = async (): Promise<void> => {
      for await (const _page of backend.list({ tenant: path.tenant }, shortCall()));
    };
    expect(store.codes).toContain((await bench.failure(listing())).code);
    await store.disarm();
    expect(await bench.eventually(() => bench.keys(path.tenant, undefined, backend))).toEqual([path.key]);
  });

  scenario('a storm of calls starves nobody afterwards', async (store) => {
    const { backend } = store;
    const path = bench.path();
    await bench.put(path, 'x', backend);
    await store.arm();
    const call = shortCall();
    await Promise.all(Array.from({ length: 40 }, () => bench.failure(backend.read(path, call))));
    await store.disarm();
    await bench.eventually(() => bench.textOf(path, backend));
    const texts = await Promise.all(
      Array.from({ length: 40 }, () => bench.eventually(() => bench.textOf(path, backend))),
    );
    expect(new Set(texts)).toEqual(new Set(['x']));
  });
};

export const faultTests = (bench: Bench): void => {
  const { it } = bench;
  for (const kind of FAULT_KINDS) {
    const fault = bench.harness.faults[kind];
    if (isAbsent(fault)) {
      bench.absent(`fault ${kind}`, fault.absent);
    } else testsOf(kind, () => fault.open(), bench);
  }

  it('an aborted call is a timeout', async () => {
    const path = bench.path();
    await bench.put(path, 'x');
    const call = { signal: AbortSignal.abort() };
    const calls = [
      bench.backend.read(path, call),
      bench.backend.apply(
        { kind: 'put', path, value: bench.value('y'), metadata: { tags: [] } },
        { fence: bench.fence(), ...call },
      ),
      bench.backend.apply({ kind: 'patch', path, metadata: { description: 'y' } }, { fence: bench.fence(), ...call }),
      bench.backend.apply({ kind: 'delete', path }, { fence: bench.fence(), ...call }),
      bench.backend.check(call),
    ];
    for (const calling of calls) expect((await bench.failure(calling)).code).toBe('timeout');
    expect(await bench.textOf(path)).toBe('x');
  });

  it('a closed backend is unavailable', async () => {
    const backend = await bench.harness.open({});
    await bench.put(bench.path(), 'x', backend);
    await backend.close();
    await backend.close();
    expect((await bench.failure(backend.read(bench.path(), bench.call()))).code).toBe('unavailable');
    expect((await bench.failure(backend.check(bench.call()))).code).toBe('unavailable');
  });
};
