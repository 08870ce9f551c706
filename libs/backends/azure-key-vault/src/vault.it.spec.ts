import { checkAgainstModel } from '@coffer/backend-conformance';
import type { Backend } from '@coffer/backend-contract';
import { CofferError, SecretPath, SecretValue, fenceOf, type ErrorCode } from '@coffer/secrets';
import { AzureKeyVaultBackend } from './backend.js';
import { nameOf, tagsOf } from './layout.js';
import { azureKeyVaultHarness } from './testing/index.js';
import { credentialsOf } from './testing/service.js';
import { VaultClient } from './client.js';

const PREFIX = 'a prefix/of its own';
const path = SecretPath.of('main', 'company', 'k');
const name = nameOf(PREFIX, path);
const call = () => ({ signal: AbortSignal.timeout(20_000) });
const fence = (offset: bigint) => fenceOf(1, offset);

const codeOf = async (calling: Promise<unknown>): Promise<ErrorCode | 'ok'> =>
  calling.then(
    () => 'ok' as const,
    (error: unknown) => {
      if (CofferError.is(error)) return error.code;
      throw error;
    },
  );

/** Does something of another's just before or after one kind of request. */
class Interrupted extends VaultClient {
  before: Partial<Record<'set' | 'delete', () => Promise<void>>> = {};
  after: Partial<Record<'set', () => Promise<void>>> = {};

  override async set(...given: Parameters<VaultClient['set']>): Promise<void> {
    await this.#once(this.before, 'set');
    await super.set(...given);
    await this.#once(this.after, 'set');
  }

  override async delete(...given: Parameters<VaultClient['delete']>): ReturnType<VaultClient['delete']> {
    await this.#once(this.before, 'delete');
    return super.delete(...given);
  }

  async #once<K extends string>(hooks: Partial<Record<K, () => Promise<void>>>, at: K): Promise<void> {
    const hook = hooks[at];
    delete hooks[at];
    await hook?.();
  }
}

describe('Azure Key Vault', () => {
  let harness: ReturnType<typeof azureKeyVaultHarness>;
  const opened: Backend[] = [];
  beforeEach(() => {
    harness = azureKeyVaultHarness();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((backend) => backend.close()));
    await harness.close();
  });

  const keep = (backend: Backend): Backend => {
    opened.push(backend);
    return backend;
  };
  const open = async (changes: Parameters<typeof harness.openWith>[0] = {}): Promise<Backend> =>
    keep(await harness.openWith({ prefix: PREFIX, ...changes }));
  const write = (backend: Backend, offset: bigint, text = `v${offset}`) =>
    backend.apply(
      { kind: 'put', path, value: new SecretValue(text), metadata: { tags: [] } },
      { fence: fence(offset), ...call() },
    );
  const textOf = async (backend: Backend) => (await backend.read(path, call()))?.value.reveal();
  const versions = async (of = name) => {
    const all = [];
    for await (const version of (await harness.client()).listPropertiesOfSecretVersions(of)) all.push(version);
    return all;
  };
  /** What another process's write looks like that was given up and lands now. */
  const landing = async (offset: bigint, text = `v${offset}`): Promise<void> => {
    await (
      await harness.client()
    ).setSecret(name, text, { tags: { ...tagsOf(PREFIX, path, { tags: [] }, { fence: fence(offset), revision: 1 }) } });
  };
  const interrupted = async (): Promise<{ client: Interrupted; backend: Backend }> => {
    const { vaultUrl } = await harness.client();
    const given = credentialsOf() ?? {};
    const { credentialOf } = await import('./credentials.js');
    const client = new Interrupted(new URL(vaultUrl), 'token' in given ? given.token : credentialOf(given));
    return {
      client,
      backend: keep(new AzureKeyVaultBackend(client, PREFIX, { maxAgeMs: 60_000, pageTimeoutMs: 4_000 })),
    };
  };
  /** A deletion that is still under way cannot be undone yet. */
  const recover = async (): Promise<void> => {
    const client = await harness.client();
    for (;;) {
      try {
        return void (await (await client.beginRecoverDeletedSecret(name, { intervalInMs: 10 })).pollUntilDone());
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode !== 409) throw error;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  };

  it('does as the model does in 40 random command sequences', async () => {
    await checkAgainstModel(await open(), { runs: 40 });
  }, 240_000);

  describe('a write', () => {
    it('over which an older one lands is written again', async () => {
      await open();
      const { client, backend } = await interrupted();
      client.after.set = () => landing(1n);
      expect((await write(backend, 2n)).outcome).toBe('applied');
      expect(await textOf(backend)).toBe('v2');
      const tags = (await versions()).map((version) => version.tags?.['coffer-fence']?.split(';')[0]).sort();
      expect(tags).toEqual([fence(1n), fence(2n), fence(2n)].map(String));
    });

    it('over which a newer one lands is superseded', async () => {
      await open();
      const { client, backend } = await interrupted();
      client.after.set = () => landing(3n);
      expect(await write(backend, 2n)).toEqual({ outcome: 'superseded', storedFence: fence(3n) });
      expect(await textOf(backend)).toBe('v3');
    });

    it('of metadata changes the tags of the version and makes none', async () => {
      const backend = await open();
      await write(backend, 1n);
      const tags = [{ key: 'team', value: 'a' }];
      await backend.apply(
        { kind: 'patch', path, metadata: { description: 'd', tags } },
        { fence: fence(2n), ...call() },
      );
      const [only, ...others] = await versions();
      expect(others).toEqual([]);
      expect(only?.tags).toMatchObject({
        team: 'a',
        'coffer-fence': `${fence(2n)};revision=1`,
        namespace: 'company',
        key: 'k',
      });
      expect(await textOf(backend)).toBe('v1');
    });

    it('tells the fence of what it wrote', async () => {
      const backend = await open();
      await write(backend, 7n);
      expect((await backend.read(path, call()))?.fence).toBe(fence(7n));
    });

    it('refuses a name that holds a secret of other tags', async () => {
      const backend = await open();
      const tags = { namespace: 'company', key: 'another', prefix: PREFIX };
      await (await harness.open({})).close();
      await (await harness.client()).setSecret(name, 'theirs', { tags });
      expect(await codeOf(write(backend, 1n))).toBe('conflict');
      expect((await (await harness.client()).getSecret(name)).value).toBe('theirs');
    });

    it('takes its name back from a version without tags, which is an absent secret until then', async () => {
      const backend = await open();
      await write(backend, 1n);
      await (await harness.client()).setSecret(name, 'by hand');
      expect(await textOf(backend)).toBeUndefined();
      await write(backend, 2n);
      expect(await textOf(backend)).toBe('v2');
    });
  });

  describe('a deleted secret', () => {
    it('that somebody recovers is absent, and nothing of the old value', async () => {
      const backend = await open();
      await write(backend, 1n);
      await backend.apply({ kind: 'delete', path }, { fence: fence(2n), ...call() });
      await recover();
      expect((await (await harness.client()).getSecret(name)).value).toBe('deleted');
      expect(await textOf(backend)).toBeUndefined();
      for await (const page of backend.list({ tenant: 'main' }, call())) expect(page).toEqual([]);
      expect(await write(backend, 1n)).toEqual({ outcome: 'superseded', storedFence: fence(2n) });
      expect((await backend.apply({ kind: 'delete', path }, { fence: fence(2n), ...call() })).outcome).toBe('applied');
      expect(
        await codeOf(
          (await harness.client()).getSecret(name).then(
            () => undefined,
            () => undefined,
          ),
        ),
      ).toBe('ok');
      await write(backend, 3n);
      expect(await textOf(backend)).toBe('v3');
    });

    it('on whose tombstone a newer write has landed is recovered', async () => {
      await open();
      const { client, backend } = await interrupted();
      await write(backend, 1n);
      client.before.delete = () => landing(5n);
      expect(await backend.apply({ kind: 'delete', path }, { fence: fence(2n), ...call() })).toEqual({
        outcome: 'superseded',
        storedFence: fence(5n),
      });
      while ((await textOf(backend)) === undefined);
      expect(await textOf(backend)).toBe('v5');
    });

    it('is found by its fence again when the deletion did not come about', async () => {
      const proxy = await harness.proxy();
      const backend = await open({ keyVaultUri: proxy.url });
      await write(backend, 1n);
      proxy.set(({ method }) => (method === 'DELETE' ? 'server-error' : 'pass'));
      expect(await codeOf(backend.apply({ kind: 'delete', path }, { fence: fence(2n), ...call() }))).toBe(
        'unavailable',
      );
      expect(await textOf(backend)).toBeUndefined();
      proxy.set('pass');
      expect((await backend.apply({ kind: 'delete', path }, { fence: fence(2n), ...call() })).outcome).toBe('applied');
      expect((await versions().catch(() => [])).length).toBe(0);
      await proxy.close();
    });
  });

  it('a deletion that is denied is no refusal, for the tombstone is there', async () => {
    const proxy = await harness.proxy();
    const backend = await open({ keyVaultUri: proxy.url });
    await write(backend, 1n);
    const body = JSON.stringify({ error: { code: 'Forbidden', message: 'x' } });
    const denied = { status: 403, headers: { 'content-type': 'application/json' }, body };
    proxy.set(({ method }) => (method === 'DELETE' ? denied : 'pass'));
    const error = await backend
      .apply({ kind: 'delete', path }, { fence: fence(2n), ...call() })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unavailable', details: { refused: 'denied' } });
    expect(await textOf(backend)).toBeUndefined();
    await proxy.close();
  });

  it('an answer without an end is not listened to', async () => {
    const proxy = await harness.proxy();
    const backend = await open({ keyVaultUri: proxy.url });
    await write(backend, 1n);
    const body = `{"value": "${'x'.repeat(17 * 1_048_576)}"}`;
    try {
      for (const status of [200, 500]) {
        proxy.set(() => ({ status, headers: { 'content-type': 'application/json' }, body }));
        await expect(backend.read(path, call())).rejects.toMatchObject({
          code: 'unavailable',
          message: expect.stringContaining('the answer is larger than 16 MiB') as string,
        });
      }
    } finally {
      await proxy.close();
    }
  });

  describe('a busy name', () => {
    const busy = (inner: string) => ({
      status: 409,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ error: { code: 'Conflict', message: 'x', innererror: { code: inner } } }),
    });

    it.each(['ObjectIsBeingDeleted', 'ObjectIsBeingRecovered'])('is waited for: %s', async (inner) => {
      const proxy = await harness.proxy();
      const backend = await open({ keyVaultUri: proxy.url });
      let left = 3;
      proxy.set(({ method }) => (method === 'PUT' && left-- > 0 ? busy(inner) : 'pass'));
      expect((await write(backend, 1n)).outcome).toBe('applied');
      expect(left).toBe(-1);
      await proxy.close();
    });

    it('that stays busy is a failure that may be repeated', async () => {
      const proxy = await harness.proxy();
      const backend = await open({ keyVaultUri: proxy.url });
      proxy.set(({ method }) => (method === 'PUT' ? busy('ObjectIsBeingDeleted') : 'pass'));
      const error = await write(backend, 1n).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'throttled', retryable: true, details: { state: 'ObjectIsBeingDeleted' } });
      await proxy.close();
    });

    it('is only busy by its inner code: any other 409 is a conflict', async () => {
      const proxy = await harness.proxy();
      const backend = await open({ keyVaultUri: proxy.url });
      proxy.set(({ method }) => (method === 'PUT' ? busy('SomethingElse') : 'pass'));
      expect(await codeOf(write(backend, 1n))).toBe('conflict');
      await proxy.close();
    });
  });

  it('asks once: the SDK repeats nothing, and a body that is no JSON hides no status', async () => {
    const proxy = await harness.proxy();
    const backend = await open({ keyVaultUri: proxy.url });
    await textOf(backend);
    let calls = 0;
    for (const [status, code] of [
      [429, 'throttled'],
      [500, 'unavailable'],
      [503, 'unavailable'],
      [403, 'denied'],
      [404, 'unavailable'],
    ] as const) {
      for (const body of ['', '<html>c4nary</html>', '{"error":']) {
        calls = 0;
        proxy.set(() => {
          calls += 1;
          return { status, headers: { 'content-type': 'application/json', 'retry-after': '1' }, body };
        });
        expect([status, await codeOf(backend.read(path, call()))]).toEqual([status, code]);
        expect(calls).toBe(1);
      }
    }
    await proxy.close();
  });

  it('speaks a version of the API that all clouds know', async () => {
    const proxy = await harness.proxy();
    const backend = await open({ keyVaultUri: proxy.url });
    const asked = new Set<string | null>();
    proxy.set((request) => {
      asked.add(new URL(request.path, proxy.url).searchParams.get('api-version'));
      return 'pass';
    });
    await write(backend, 1n);
    await backend.apply({ kind: 'delete', path }, { fence: fence(2n), ...call() });
    await write(backend, 3n);
    expect([...asked]).toEqual(['7.5']);
    await proxy.close();
  });

  it('needs get and list to read, and set, delete and recover beside to write', async () => {
    await write(await open(), 1n);
    const reader = keep(await harness.openAs('READER_', PREFIX));
    expect(await codeOf(reader.check(call()))).toBe('ok');
    expect(await textOf(reader)).toBe('v1');
    const listed = [];
    for await (const page of reader.list({ tenant: 'main' }, call())) listed.push(...page);
    expect(listed.map((entry) => entry.path.key)).toEqual(['k']);
    expect(await codeOf(write(reader, 2n))).toBe('denied');
    expect(await codeOf(reader.apply({ kind: 'delete', path }, { fence: fence(2n), ...call() }))).toBe('denied');
    expect(
      await codeOf(
        reader.apply({ kind: 'patch', path, metadata: { description: 'x' } }, { fence: fence(2n), ...call() }),
      ),
    ).toBe('denied');
    const writer = keep(await harness.openAs('WRITER_', PREFIX));
    await write(writer, 3n);
    await writer.apply({ kind: 'patch', path, metadata: { description: 'x' } }, { fence: fence(4n), ...call() });
    await writer.apply({ kind: 'delete', path }, { fence: fence(5n), ...call() });
    expect(await textOf(writer)).toBeUndefined();
    await write(writer, 6n);
    expect(await textOf(writer)).toBe('v6');
  });
});
