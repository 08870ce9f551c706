import { expect } from '@jest/globals';
import type { Backend } from '@coffer/backend-contract';
import { SecretValue, type SecretMetadata } from '@coffer/secrets';
import type { FacadeOptions } from '../harness.js';
import type { Bench } from './bench.js';

/** What a store is spared, because the facade does it once for all. */
export const facadeTests = (bench: Bench, facade: FacadeOptions): void => {
  const { it } = bench;
  const write = (backend: Backend, path = bench.path(), metadata: SecretMetadata = { tags: [] }) =>
    backend.apply({ kind: 'put', path, value: bench.value('x'), metadata }, { fence: bench.fence(), ...bench.call() });

  it('one byte too large is refused before any call', async () => {
    let calls = 0;
    const backend = await bench.opened(facade.open({}, () => (calls += 1)));
    const { limits } = backend.capabilities;
    const path = bench.path();
    const large = new SecretValue('x'.repeat(limits.valueBytes + 1));
    const oversized: Promise<unknown>[] = [
      backend.apply(
        { kind: 'put', path, value: large, metadata: { tags: [] } },
        { fence: bench.fence(), ...bench.call() },
      ),
      write(backend, path, { description: 'x'.repeat(limits.descriptionBytes + 1), tags: [] }),
    ];
    for (const calling of oversized) expect((await bench.failure(calling)).code).toBe('too-large');
    const tag = (key: string, value: string) => write(backend, path, { tags: [{ key, value }] });
    const tags = Array.from({ length: limits.tags.count + 1 }, (_, n) => ({ key: `k${n}`, value: '' }));
    const invalid: Promise<unknown>[] = [
      write(backend, path, { tags }),
      tag('k'.repeat(limits.tags.keyLength + 1), ''),
      tag('k', 'v'.repeat(limits.tags.valueLength + 1)),
      backend.apply({ kind: 'patch', path, metadata: { tags } }, { fence: bench.fence(), ...bench.call() }),
    ];
    for (const calling of invalid) expect((await bench.failure(calling)).code).toBe('too-large');
    const wrong: Promise<unknown>[] = [
      backend.apply(
        { kind: 'put', path, value: new SecretValue('\ud800'), metadata: { tags: [] } },
        { fence: bench.fence(), ...bench.call() },
      ),
      backend.apply(
        { kind: 'put', path, value: new SecretValue(''), metadata: { tags: [] } },
        { fence: bench.fence(), ...bench.call() },
      ),
      write(backend, path, { description: 'a\u0000b', tags: [] }),
      tag('tenant', 'x'),
      tag('', 'x'),
    ];
    for (const calling of wrong) expect((await bench.failure(calling)).code).toBe('invalid');
    expect(calls).toBe(0);
  });

  it('default tags', async () => {
    const defaultTags = [
      { key: 'a', value: 'default' },
      { key: 'b', value: 'default' },
    ];
    const backend = await bench.opened(facade.open({ defaultTags }));
    const path = bench.path();
    await write(backend, path, { tags: [{ key: 'a', value: 'own' }] });
    const both = [
      { key: 'a', value: 'own' },
      { key: 'b', value: 'default' },
    ];
    expect((await backend.read(path, bench.call()))?.metadata.tags).toEqual(both);
    await backend.apply({ kind: 'patch', path, metadata: { tags: [] } }, { fence: bench.fence(), ...bench.call() });
    expect((await backend.read(path, bench.call()))?.metadata.tags).toEqual(defaultTags);
    await backend.apply(
      { kind: 'patch', path, metadata: { description: 'd' } },
      { fence: bench.fence(), ...bench.call() },
    );
    expect((await backend.read(path, bench.call()))?.metadata).toEqual({ description: 'd', tags: defaultTags });
  });

  it('read-only', async () => {
    let calls = 0;
    const backend = await bench.opened(facade.open({ readOnly: true }, () => (calls += 1)));
    const path = bench.path();
    const refused = [
      write(backend, path),
      backend.apply({ kind: 'patch', path, metadata: { tags: [] } }, { fence: bench.fence(), ...bench.call() }),
      backend.apply({ kind: 'delete', path }, { fence: bench.fence(), ...bench.call() }),
    ];
    for (const calling of refused) expect((await bench.failure(calling)).code).toBe('read-only');
    expect(calls).toBe(0);
    expect(await backend.read(path, bench.call())).toBeUndefined();
    expect(calls).toBe(1);
  });

  it('tag filters', async () => {
    const shown = { key: 'team', value: 'a' };
    const hidden = { key: 'hidden', value: 'yes' };
    const rules = { filterOnTags: [shown], excludedTags: [hidden] };
    const all = await bench.opened(facade.open({}));
    const some = await bench.opened(facade.open(rules));
    const tenant = bench.tenant();
    const cases = {
      both: [hidden, shown],
      shown: [shown],
      hidden: [hidden],
      none: [],
      other: [{ key: 'team', value: 'b' }],
    };
    for (const [key, tags] of Object.entries(cases)) {
      await write(some, bench.path(key, 'n', tenant), { tags });
    }
    expect(await bench.keys(tenant, undefined, some)).toEqual(['shown']);
    expect(await bench.textOf(bench.path('shown', 'n', tenant), some)).toBe('x');
    for (const key of ['both', 'hidden', 'none', 'other']) {
      expect(await bench.textOf(bench.path(key, 'n', tenant), some)).toBeUndefined();
    }
    expect(await bench.keys(tenant, undefined, all)).toEqual([]);
  });

  it('prefix filter on keys', async () => {
    const tenant = bench.tenant();
    for (const keepPrefix of [true, false]) {
      const backend = await bench.opened(facade.open({ filterOnPrefix: { prefix: 'app_', keepPrefix } }));
      const key = keepPrefix ? 'app_k' : 'k';
      await write(backend, bench.path(key, 'n', tenant));
      expect(await bench.keys(tenant, undefined, backend)).toEqual([key]);
      expect(await bench.textOf(bench.path(key, 'n', tenant), backend)).toBe('x');
      if (keepPrefix) {
        expect((await bench.failure(write(backend, bench.path('k', 'n', tenant)))).code).toBe('invalid');
        expect(await bench.textOf(bench.path('k', 'n', tenant), backend)).toBeUndefined();
      }
    }
  });
};
