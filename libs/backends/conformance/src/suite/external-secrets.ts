import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Backend, StoreMutation } from '@coffer/backend-contract';
import { fenceOf, type SecretPath } from '@coffer/secrets';
import { everythingShown } from '../leaks.js';
import type { ExternalSecrets } from '../harness.js';
import { VALUE_CANARY, type Bench } from './bench.js';

const VISIBLE_WITHIN_MS = 20_000;
const TEST_TIMEOUT_MS = 60_000;

/** One test's prefix, the backend that has it, and a secret's path below it. */
interface Scene {
  readonly prefix: string;
  readonly backend: Backend;
  readonly path: SecretPath;
}

const testsOf = (bench: Bench, external: ExternalSecrets): void => {
  const within = external.visibleWithinMs ?? VISIBLE_WITHIN_MS;
  const text = (value: string): string => `${VALUE_CANARY} ${value}`;

  const scene = (title: string, run: (scene: Scene) => Promise<void>): void =>
    bench.it(
      `external secrets: ${title}`,
      async () => {
        const prefix = randomUUID();
        const backend = await bench.opened(bench.harness.open({ prefix }));
        await run({ prefix, backend, path: bench.path('EXTERNAL_KEY', 'company.team') });
      },
      within + TEST_TIMEOUT_MS,
    );

  const found = async ({ backend, path }: Scene): Promise<void> =>
    bench.until(async () => (await backend.read(path, bench.call())) !== undefined, within);

  const listed = async ({ backend, path }: Scene): Promise<void> =>
    bench.until(async () => (await bench.keys(path.tenant, undefined, backend)).length > 0, within);

  scene('found, read and listed', async (at) => {
    const { prefix, backend, path } = at;
    const tags = [{ key: 'team', value: 'a' }];
    await external.create(prefix, path, text('outside'), tags);
    await found(at);
    const stored = await backend.read(path, bench.call());
    expect(stored?.value.reveal()).toBe(text('outside'));
    expect(stored?.metadata.tags).toEqual(tags);
    expect(stored?.fence).toBeUndefined();
    await listed(at);
    const entries = await bench.entries(path.tenant, path.namespace, backend);
    const { metadata, version, revision } = stored ?? {};
    expect(entries).toEqual([{ path, metadata, version, revision }]);
    expect(await bench.keys(path.tenant, 'company', backend)).toEqual([]);
    expect(bench.backend.capabilities.externalSecrets).toBe(true);
  });

  scene('a revision from 1 on, which goes on with the changes through Coffer', async (at) => {
    const { prefix, backend, path } = at;
    await external.create(prefix, path, text('outside'));
    await found(at);
    const outside = (await backend.read(path, bench.call()))?.revision ?? NaN;
    expect(outside).toBeGreaterThanOrEqual(1);
    const apply = async (mutation: StoreMutation): Promise<unknown> => {
      const outcome = await backend.apply(mutation, { fence: bench.fence(), ...bench.call() });
      return outcome.outcome === 'applied' ? outcome.revision : outcome;
    };
    const put = { kind: 'put', path, value: bench.value('inside'), metadata: { tags: [] } } as const;
    expect(await apply({ kind: 'patch', path, metadata: { description: 'd' } })).toBe(outside);
    expect(await apply(put)).toBe(outside + 1);
    expect((await backend.read(path, bench.call()))?.revision).toBe(outside + 1);
    expect(await apply({ kind: 'delete', path })).toBe(outside + 2);
    expect(await apply(put)).toBe(outside + 3);
    expect((await backend.read(path, bench.call()))?.revision).toBe(outside + 3);
  });

  scene('seen by their own prefix, tenant, namespace and key alone', async (at) => {
    const { prefix, backend, path } = at;
    await external.create(prefix, path, text('outside'));
    await found(at);
    const other = await bench.opened(bench.harness.open({ prefix: `${prefix}x` }));
    expect(await other.read(path, bench.call())).toBeUndefined();
    expect(await bench.keys(path.tenant, undefined, other)).toEqual([]);
    const near = [
      bench.path(path.key, path.namespace),
      bench.path(path.key, 'company', path.tenant),
      bench.path('EXTERNAL', path.namespace, path.tenant),
      bench.path(`${path.key}_2`, path.namespace, path.tenant),
    ];
    for (const neighbour of near) expect(await backend.read(neighbour, bench.call())).toBeUndefined();
  });

  scene('updated in place', async (at) => {
    const { prefix, backend, path } = at;
    const name = await external.create(prefix, path, text('outside'), [{ key: 'old', value: 'x' }]);
    await found(at);
    const metadata = { description: 'now ours', tags: [{ key: 'new', value: 'y' }] };
    const outcome = await backend.apply(
      { kind: 'put', path, value: bench.value('inside'), metadata },
      { fence: fenceOf(1, 0n), ...bench.call() },
    );
    expect(outcome).toMatchObject({ outcome: 'applied', metadata });
    expect(await bench.textOf(path, backend)).toBe('inside');
    expect((await backend.read(path, bench.call()))?.metadata).toEqual(metadata);
    expect(await external.valueOf(name)).toBe(text('inside'));
    await listed(at);
    expect(await bench.keys(path.tenant, undefined, backend)).toEqual([path.key]);
  });

  scene('metadata-only update', async (at) => {
    const { prefix, backend, path } = at;
    const name = await external.create(prefix, path, text('outside'));
    await found(at);
    await backend.apply(
      { kind: 'patch', path, metadata: { description: 'noted' } },
      { fence: bench.fence(), ...bench.call() },
    );
    expect((await backend.read(path, bench.call()))?.metadata.description).toBe('noted');
    expect(await external.valueOf(name)).toBe(text('outside'));
  });

  scene('a change made outside is seen by the next read', async (at) => {
    const { prefix, backend, path } = at;
    const name = await external.create(prefix, path, text('outside'));
    await found(at);
    await bench.put(path, 'inside', backend);
    const ours = await backend.read(path, bench.call());
    await external.change(name, text('outside again'));
    const theirs = await backend.read(path, bench.call());
    expect(theirs?.value.reveal()).toBe(text('outside again'));
    expect(theirs?.version).not.toBe(ours?.version);
    expect(theirs?.fence).toBeUndefined();
    await bench.put(path, 'inside again', backend);
    expect(await bench.textOf(path, backend)).toBe('inside again');
  });

  scene('deleted, and made again', async (at) => {
    const { prefix, backend, path } = at;
    await external.create(prefix, path, text('outside'));
    await found(at);
    const [older, deleted] = [bench.fence(), bench.fence()];
    expect((await backend.apply({ kind: 'delete', path }, { fence: deleted, ...bench.call() })).outcome).toBe(
      'applied',
    );
    expect(await backend.read(path, bench.call())).toBeUndefined();
    expect(await bench.keys(path.tenant, undefined, backend)).toEqual([]);
    const late = await backend.apply(
      { kind: 'put', path, value: bench.value('late'), metadata: { tags: [] } },
      { fence: older, ...bench.call() },
    );
    expect(late).toEqual({ outcome: 'superseded', storedFence: deleted });
    expect(await backend.read(path, bench.call())).toBeUndefined();
    await bench.put(path, 'again', backend);
    expect(await bench.textOf(path, backend)).toBe('again');
  });

  if (!external.duplicates)
    return bench.absent('external secrets: names and duplicates', 'a secret is addressed by its path');

  scene('names and duplicates: the name is shown to nobody', async (at) => {
    const { prefix, backend, path } = at;
    const name = await external.create(prefix, path, text('outside'));
    await found(at);
    await listed(at);
    const entries = await bench.entries(path.tenant, undefined, backend);
    expect(JSON.stringify(entries)).not.toContain(name);
    const error = await bench.failure(backend.read(path, { signal: AbortSignal.abort() }));
    expect(everythingShown(error)).not.toContain(name);
  });

  scene('names and duplicates: two of one identity are a conflict that names both', async (at) => {
    const { prefix, backend, path } = at;
    const names = [await external.create(prefix, path, text('one'))];
    await found(at);
    names.push(await external.create(prefix, path, text('other')));
    const settled = () =>
      backend.read(path, bench.call()).then(
        () => false,
        () => true,
      );
    await bench.until(settled, within);
    const calls = [
      backend.read(path, bench.call()),
      backend.apply(
        { kind: 'put', path, value: bench.value('x'), metadata: { tags: [] } },
        { fence: bench.fence(), ...bench.call() },
      ),
      backend.apply({ kind: 'patch', path, metadata: { description: 'x' } }, { fence: bench.fence(), ...bench.call() }),
      backend.apply({ kind: 'delete', path }, { fence: bench.fence(), ...bench.call() }),
    ];
    for (const calling of calls) {
      const error = await bench.failure(calling);
      expect(error.code).toBe('conflict');
      for (const name of names) expect(error.message).toContain(name);
    }
    expect(await bench.keys(path.tenant, undefined, backend)).toEqual([path.key]);
    expect(await external.valueOf(names[0]!)).toBe(text('one'));
    expect(await external.valueOf(names[1]!)).toBe(text('other'));
  });
};

export const externalSecretTests = (bench: Bench): void => {
  const { external } = bench.harness;
  if (external !== undefined) return testsOf(bench, external);
  bench.absent('external secrets', 'secrets are sealed, so none can be made outside');
};
