import { expect } from '@jest/globals';
import { SecretValue } from '@coffer/secrets';
import { VALUE_CANARY, type Bench } from './bench.js';

const TEXTS: Readonly<Record<string, string>> = {
  'round trip: plain': 'correct horse battery staple',
  'round trip: unicode': 'ключ 鍵 🔑 e\u0301 \u00e9 \u{10ffff} \u202e',
  'round trip: multi-line': '-----BEGIN KEY-----\r\nabc\n\n\tdef\n-----END KEY-----\n',
  'round trip: one byte': 'x',
  'round trip: control characters': '\u0000\u0001\u007f\u0085',
  'round trip: JSON': '{"user":"a","password":"\\"b\\"","nested":{"n":1.0}}',
  'round trip: looks like SQL and templates': `'; DROP TABLE secrets; -- \\' "\${x}" {{y}} %s ? $1 :name`,
};

export const valueTests = (bench: Bench): void => {
  const { it } = bench;
  for (const [title, text] of Object.entries(TEXTS)) {
    it(title, async () => {
      const path = bench.path();
      await bench.backend.apply(
        { kind: 'put', path, value: new SecretValue(text), metadata: { tags: [] } },
        { fence: bench.fence(), ...bench.call() },
      );
      expect((await bench.backend.read(path, bench.call()))?.value.reveal()).toBe(text);
    });
  }

  it('round trip: largest value', async () => {
    const path = bench.path();
    const text = 'ä'.repeat(bench.backend.capabilities.limits.valueBytes / 2);
    await bench.backend.apply(
      { kind: 'put', path, value: new SecretValue(text), metadata: { tags: [] } },
      { fence: bench.fence(), ...bench.call() },
    );
    expect((await bench.backend.read(path, bench.call()))?.value.reveal() === text).toBe(true);
  });

  it('round trip: metadata at its limits', async () => {
    const path = bench.path();
    const { descriptionBytes, tags } = bench.backend.capabilities.limits;
    // Beyond U+FFFF, and what has to be quoted; letters and signs where the store takes no others.
    const takesAll = tags.brokenRule?.({ key: '🔑', value: '"' }) === undefined;
    const [wide, sign] = takesAll ? ['🔑', '"'] : ['𐐷', '@'];
    const metadata = {
      description: '🔑'.repeat(descriptionBytes / 4),
      tags: Array.from({ length: tags.count }, (_, n) => ({
        key: `${wide.repeat(tags.keyLength - 2)}${n + 10}`,
        value: sign.repeat(tags.valueLength),
      })),
    };
    await bench.backend.apply(
      { kind: 'put', path, value: bench.value('x'), metadata },
      { fence: bench.fence(), ...bench.call() },
    );
    expect((await bench.backend.read(path, bench.call()))?.metadata).toEqual(metadata);
  });

  it('absent secret', async () => {
    expect(await bench.backend.read(bench.path(), bench.call())).toBeUndefined();
  });

  it('update', async () => {
    const path = bench.path();
    const first = await bench.put(path, 'one');
    const second = await bench.backend.apply(
      {
        kind: 'put',
        path,
        value: bench.value('two'),
        metadata: { description: 'new', tags: [{ key: 'a', value: 'b' }] },
      },
      { fence: bench.fence(), ...bench.call() },
    );
    const stored = await bench.backend.read(path, bench.call());
    expect(stored?.value.reveal()).toBe(`${VALUE_CANARY} two`);
    expect(stored?.metadata).toEqual({ description: 'new', tags: [{ key: 'a', value: 'b' }] });
    expect(second).toMatchObject({ outcome: 'applied', version: stored?.version, metadata: stored?.metadata });
    expect(first).not.toEqual(second);
  });

  it('update replaces metadata', async () => {
    const path = bench.path();
    const metadata = { description: 'old', tags: [{ key: 'a', value: 'b' }] };
    await bench.backend.apply(
      { kind: 'put', path, value: bench.value('one'), metadata },
      { fence: bench.fence(), ...bench.call() },
    );
    await bench.put(path, 'two');
    expect((await bench.backend.read(path, bench.call()))?.metadata).toEqual({ tags: [] });
  });

  it('metadata-only update', async () => {
    const path = bench.path();
    const tags = [{ key: 'a', value: 'b' }];
    await bench.backend.apply(
      { kind: 'put', path, value: bench.value('kept'), metadata: { description: 'old', tags } },
      { fence: bench.fence(), ...bench.call() },
    );
    const before = await bench.backend.read(path, bench.call());
    const outcome = await bench.backend.apply(
      { kind: 'patch', path, metadata: { description: 'ünï\n"new"' } },
      { fence: bench.fence(), ...bench.call() },
    );
    const stored = await bench.backend.read(path, bench.call());
    expect(await bench.textOf(path)).toBe('kept');
    expect(stored?.metadata).toEqual({ description: 'ünï\n"new"', tags });
    expect(outcome).toMatchObject({ outcome: 'applied', version: stored?.version, metadata: stored?.metadata });
    expect(stored?.version).not.toBe(before?.version);
  });

  it('metadata-only update of an absent secret', async () => {
    const path = bench.path();
    const change = (): Promise<unknown> =>
      bench.backend.apply(
        { kind: 'patch', path, metadata: { description: 'x' } },
        { fence: bench.fence(), ...bench.call() },
      );
    expect((await bench.failure(change())).code).toBe('not-found');
    await bench.put(path, 'x');
    await bench.backend.apply({ kind: 'delete', path }, { fence: bench.fence(), ...bench.call() });
    expect((await bench.failure(change())).code).toBe('not-found');
    expect(await bench.backend.read(path, bench.call())).toBeUndefined();
  });

  it('clear tags', async () => {
    const path = bench.path();
    const tags = [{ key: 'a', value: 'b' }];
    await bench.backend.apply(
      { kind: 'put', path, value: bench.value('kept'), metadata: { description: 'kept', tags } },
      { fence: bench.fence(), ...bench.call() },
    );
    await bench.backend.apply(
      { kind: 'patch', path, metadata: { tags: [] } },
      { fence: bench.fence(), ...bench.call() },
    );
    expect((await bench.backend.read(path, bench.call()))?.metadata).toEqual({ description: 'kept', tags: [] });
  });

  it('clear description', async () => {
    const path = bench.path();
    const tags = [{ key: 'a', value: '' }];
    await bench.backend.apply(
      { kind: 'put', path, value: bench.value('kept'), metadata: { description: 'old', tags } },
      { fence: bench.fence(), ...bench.call() },
    );
    await bench.backend.apply(
      { kind: 'patch', path, metadata: { description: '' } },
      { fence: bench.fence(), ...bench.call() },
    );
    expect((await bench.backend.read(path, bench.call()))?.metadata).toEqual({ tags });
  });
};
