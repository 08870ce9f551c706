import { expect } from '@jest/globals';
import type { SecretPath, Outcome } from '@coffer/secrets';
import type { Bench } from './bench.js';

const versionOf = (outcome: Outcome): string => {
  if (outcome.outcome !== 'applied') throw new Error('the write was superseded');
  return outcome.version;
};

/** What a conditional write is judged by: the version that a read tells, and whose write it was. */
export const versionTests = (bench: Bench): void => {
  const { it } = bench;
  const read = (path: SecretPath) => bench.backend.read(path, bench.call());
  const apply = {
    put: (path: SecretPath, text: string) => bench.put(path, text),
    patch: (path: SecretPath, description: string) =>
      bench.backend.apply(
        { kind: 'patch', path, metadata: { description } },
        { fence: bench.fence(), ...bench.call() },
      ),
    delete: (path: SecretPath) =>
      bench.backend.apply({ kind: 'delete', path }, { fence: bench.fence(), ...bench.call() }),
  };

  it('a read tells the version that the write was answered with', async () => {
    const path = bench.path();
    expect((await read(path))?.version).toBeUndefined();
    const first = versionOf(await apply.put(path, 'x'));
    expect((await read(path))?.version).toBe(first);
    const second = versionOf(await apply.put(path, 'x'));
    expect((await read(path))?.version).toBe(second);
    const third = versionOf(await apply.patch(path, 'd'));
    expect((await read(path))?.version).toBe(third);
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it('a secret that is made anew has another version', async () => {
    const path = bench.path();
    const first = versionOf(await apply.put(path, 'x'));
    await apply.delete(path);
    expect(await read(path)).toBeUndefined();
    const second = versionOf(await apply.put(path, 'x'));
    expect(second).not.toBe(first);
    expect((await read(path))?.version).toBe(second);
  });

  it('a read tells the fence of the latest write', async () => {
    const path = bench.path();
    const fences = [bench.fence(), bench.fence()] as const;
    const put = { kind: 'put', path, value: bench.value('x'), metadata: { tags: [] } } as const;
    await bench.backend.apply(put, { fence: fences[0], ...bench.call() });
    expect((await read(path))?.fence).toBe(fences[0]);
    const patch = { kind: 'patch', path, metadata: { description: 'd' } } as const;
    await bench.backend.apply(patch, { fence: fences[1], ...bench.call() });
    expect((await read(path))?.fence).toBe(fences[1]);
  });
};
