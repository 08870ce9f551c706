import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { SealedRecord } from '@coffer/backend-contract';
import { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';
import { TEST_KEY } from '../test-ring.js';
import type { Bench } from './bench.js';

const OLD = { id: 'test', secret: new SecretValue(TEST_KEY) };
const NEW = { id: 'new', secret: new SecretValue(Buffer.alloc(32, 9).toString('base64')) };

/** Values under another key: what `coffer rewrap` asks of a store whose values Coffer seals. */
export const resealingTests = (bench: Bench): void => {
  const title = 'seals values with the active key, and changes nothing else';
  if (!bench.harness.seals) return bench.absent(title, 'the store seals values itself');
  describe('another key', () => {
    const sealed = () => {
      const { sealed: records } = bench.backend;
      if (records === undefined) throw new Error('the store has no sealed records');
      return records;
    };
    const activate = async (active: string): Promise<void> =>
      sealed().ring.replace(await KeyRing.derive([OLD, NEW].map((key) => ({ ...key, active: key.id === active }))));
    /** Those of one tenant. */
    const records = async (tenant: string): Promise<SealedRecord[]> => {
      const all: SealedRecord[] = [];
      for (let after: string | undefined; ; after = all.at(-1)?.cursor) {
        const page = await sealed().page(after, bench.call());
        if (page.length === 0) return all.filter(({ path }) => path.tenant === tenant);
        all.push(...page);
      }
    };
    beforeAll(() => activate('test'));
    afterAll(async () => {
      await activate('test');
      sealed().ring.replace(await KeyRing.derive([{ ...OLD, active: true }]));
    });

    bench.it(title, async () => {
      await activate('test');
      const tenant = bench.tenant();
      const path = (key: string) => bench.path(key, 'company', tenant);
      for (let index = 0; index < 60; index += 1) await bench.put(path(`k${index}`), `v${index}`);
      await bench.put(path('gone'), 'x');
      await bench.backend.apply({ kind: 'delete', path: path('gone') }, { fence: bench.fence(), ...bench.call() });
      const before = await bench.backend.read(path('k7'), bench.call());
      await activate('new');
      await bench.put(path('k8'), 'later');
      const found = await records(tenant);
      expect(found.map(({ path: { key } }) => key).sort()).toEqual(
        Array.from({ length: 60 }, (_, index) => `k${index}`).sort(),
      );
      expect(found.filter(({ keyId }) => keyId === 'test')).toHaveLength(59);
      for (const record of found) await record.reseal(bench.call());
      await bench.until(async () => (await records(tenant)).every(({ keyId }) => keyId === 'new'));
      const after = await bench.backend.read(path('k7'), bench.call());
      expect([after?.version, after?.fence, after?.metadata]).toEqual([
        before?.version,
        before?.fence,
        before?.metadata,
      ]);
      expect([await bench.textOf(path('k7')), await bench.textOf(path('k8'))]).toEqual(['v7', 'later']);
      // The next write, of the very next fence, counts.
      await bench.put(path('k7'), 'next');
      expect(await bench.textOf(path('k7'))).toBe('next');
    });

    bench.it('never writes an older value over a newer one, nor brings a deleted one back', async () => {
      await activate('test');
      const tenant = bench.tenant();
      const [written, deleted, annotated] = ['w', 'd', 'a'].map((key) => bench.path(key, 'company', tenant));
      if (written === undefined || deleted === undefined || annotated === undefined) throw new Error('no paths');
      for (const path of [written, deleted, annotated]) await bench.put(path, 'old');
      await activate('new');
      const found = await records(tenant);
      await bench.put(written, 'newer');
      await bench.backend.apply({ kind: 'delete', path: deleted }, { fence: bench.fence(), ...bench.call() });
      await bench.backend.apply(
        { kind: 'patch', path: annotated, metadata: { description: 'new' } },
        { fence: bench.fence(), ...bench.call() },
      );
      for (const record of found) await record.reseal(bench.call());
      expect(await bench.textOf(written)).toBe('newer');
      expect(await bench.textOf(deleted)).toBeUndefined();
      const stored = await bench.backend.read(annotated, bench.call());
      expect([stored?.metadata.description, await bench.textOf(annotated)]).toEqual(['new', 'old']);
      await bench.until(async () => (await records(tenant)).every(({ keyId }) => keyId === 'new'));
    });

    bench.it('loses no write that comes while values are sealed', async () => {
      await activate('test');
      const path = bench.path('contended');
      await bench.put(path, '0');
      for (let round = 1; round <= 30; round += 1) {
        await activate(round % 2 === 0 ? 'test' : 'new');
        const [record] = await records(path.tenant);
        await Promise.all([bench.put(path, String(round)), record?.reseal(bench.call())]);
        expect(await bench.textOf(path)).toBe(String(round));
      }
    });
  });
};
