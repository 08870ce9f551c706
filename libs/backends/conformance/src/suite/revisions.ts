import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { ApplyOptions, Backend, StoreMutation } from '@coffer/backend-contract';
import type { Applied, Outcome, SecretPath } from '@coffer/secrets';
import { isAbsent } from '../harness.js';
import type { Bench } from './bench.js';

const WRITERS = 10;
/** When a write was accepted, by the log's clock. */
const TIME_MS = 1_796_000_000_123;

const appliedOf = (outcome: Outcome): Applied => {
  if (outcome.outcome !== 'applied') throw new Error('the write was superseded');
  return outcome;
};

/** How many puts and deletes a secret has had, and when the latest change of it was accepted. */
export const revisionTests = (bench: Bench): void => {
  const { it } = bench;
  const put = (path: SecretPath): StoreMutation => ({
    kind: 'put',
    path,
    value: bench.value('x'),
    metadata: { tags: [] },
  });
  const patch = (path: SecretPath): StoreMutation => ({ kind: 'patch', path, metadata: { description: 'd' } });
  const remove = (path: SecretPath): StoreMutation => ({ kind: 'delete', path });
  const apply = (mutation: StoreMutation, options: Partial<ApplyOptions> = {}, backend: Backend = bench.backend) =>
    backend.apply(mutation, { fence: bench.fence(), ...bench.call(), ...options });
  const revisionOf = async (mutation: StoreMutation, backend?: Backend): Promise<number> =>
    appliedOf(await apply(mutation, {}, backend)).revision;
  /** As a read tells it, with which a list has to agree. */
  const readOf = async (path: SecretPath, backend: Backend = bench.backend): Promise<number | undefined> => {
    const stored = await backend.read(path, bench.call());
    const entries = await bench.entries(path.tenant, undefined, backend);
    expect(entries.map(({ revision }) => revision)).toEqual(stored === undefined ? [] : [stored.revision]);
    return stored?.revision;
  };

  it('revision: a put and a delete count, a patch does not', async () => {
    const path = bench.path();
    expect(await revisionOf(put(path))).toBe(1);
    expect(await readOf(path)).toBe(1);
    expect(await revisionOf(put(path))).toBe(2);
    expect(await readOf(path)).toBe(2);
    expect(await revisionOf(patch(path))).toBe(2);
    expect(await readOf(path)).toBe(2);
    expect(await revisionOf(remove(path))).toBe(3);
    expect(await readOf(path)).toBeUndefined();
    expect(await revisionOf(put(path))).toBe(4);
    expect(await readOf(path)).toBe(4);
  });

  it('revision: a delete of an absent secret counts', async () => {
    const path = bench.path();
    expect(await revisionOf(remove(path))).toBe(1);
    expect(await revisionOf(remove(path))).toBe(2);
    expect(await revisionOf(put(path))).toBe(3);
  });

  it('revision: a replay of a fence does not count', async () => {
    const path = bench.path();
    for (const [kind, revision] of [
      [put, 1],
      [put, 2],
      [patch, 2],
      [remove, 3],
      [put, 4],
    ] as const) {
      const fence = bench.fence();
      for (let time = 0; time < 3; time += 1) {
        expect(await apply(kind(path), { fence })).toMatchObject({ outcome: 'applied', revision });
      }
    }
    expect(await readOf(path)).toBe(4);
  });

  it('revision: what a higher fence supersedes does not count', async () => {
    const path = bench.path();
    const older = bench.fence();
    expect(await revisionOf(put(path))).toBe(1);
    for (const kind of [put, patch, remove]) {
      expect((await apply(kind(path), { fence: older })).outcome).toBe('superseded');
    }
    expect(await readOf(path)).toBe(1);
    expect(await revisionOf(put(path))).toBe(2);
  });

  // Where the store only checks, two processes that write one key at once may each get a revision that the other overwrites.
  const processes = bench.harness.weakerWrites === undefined ? 2 : 1;
  it('revision: of ten writers of one key, each that is applied counts once', async () => {
    const prefix = randomUUID();
    const backends = await Promise.all([0, 1].map(() => bench.opened(bench.harness.open({ prefix }))));
    const path = bench.path();
    // What one of them makes for the prefix, an index say, the other finds before it answers.
    for (const backend of backends) await bench.eventually(() => backend.read(path, bench.call()));
    const fences = Array.from({ length: WRITERS }, () => bench.fence());
    const order = [5, 9, 0, 3, 7, 1, 8, 2, 6, 4];
    const calling = order.map((n) => apply(put(path), { fence: fences[n]! }, backends[n % processes]));
    const outcomes = await Promise.all(calling);
    const applied = order
      .map((n, at) => ({ n, outcome: outcomes[at]! }))
      .sort((a, b) => a.n - b.n)
      .flatMap(({ outcome }) => (outcome.outcome === 'applied' ? [outcome.revision] : []));
    const last = applied.at(-1);
    expect(await readOf(path, backends[0])).toBe(last);
    expect(applied).toEqual(applied.map((_, at) => at + 1));
    expect(await revisionOf(put(path), backends[1])).toBe((last ?? NaN) + 1);
  });

  it('revision: goes on where another process left it', async () => {
    const prefix = randomUUID();
    const [kept, deleted] = [bench.path('kept'), bench.path('deleted')];
    const first = await bench.harness.open({ prefix });
    await apply(put(kept), {}, first);
    await apply(put(kept), {}, first);
    await apply(put(deleted), {}, first);
    await apply(remove(deleted), {}, first);
    await first.close();
    const second = await bench.opened(bench.harness.open({ prefix }));
    expect(await readOf(kept, second)).toBe(2);
    expect(await revisionOf(put(kept), second)).toBe(3);
    expect(await revisionOf(put(deleted), second)).toBe(3);
  });

  const { changeTimes } = bench.harness;
  const title = 'changed: a read and a list tell when the latest change was accepted';
  if (changeTimes !== undefined && isAbsent(changeTimes)) return bench.absent(title, changeTimes.absent);
  it(title, async () => {
    const path = bench.path();
    const times = async (): Promise<unknown> => {
      const stored = await bench.backend.read(path, bench.call());
      const entries = await bench.entries(path.tenant);
      expect(entries.map(({ changed }) => changed)).toEqual(stored === undefined ? [] : [stored.changed]);
      return stored?.changed;
    };
    for (const [n, kind] of [put, put, patch, remove, put].entries()) {
      const [fence, changed] = [bench.fence(), TIME_MS + n];
      const first = await apply(kind(path), { fence, changed });
      expect(first).toMatchObject({ outcome: 'applied', changed });
      expect(await apply(kind(path), { fence, changed })).toEqual(first);
      expect(await times()).toBe(kind === remove ? undefined : changed);
    }
    await apply(patch(path));
    expect(await times()).toBeUndefined();
  });
};
