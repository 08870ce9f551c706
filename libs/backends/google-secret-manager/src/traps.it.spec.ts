import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { checkAgainstModel, leaksOf } from '@coffer/backend-conformance';
import type { Backend } from '@coffer/backend-contract';
import { CofferError, SecretPath, SecretValue, fenceOf, type ErrorCode } from '@coffer/secrets';
import { identityLabels, secretIdOf } from './identity.js';
import { googleSecretManagerHarness } from './testing/index.js';
import { GrpcProxy } from './testing/grpc-proxy.js';
import { keyFile } from './testing/emulator.js';

const CANARY = 'c0ffer-canary:"välue"';
const call = () => ({ signal: AbortSignal.timeout(20_000) });
const path = SecretPath.of('main', 'company.team', 'DB_PASSWORD');

/** What docs/backends/google-secret-manager.md asks for. */
const WRITER = [
  ...['secrets.create', 'secrets.get', 'secrets.list', 'secrets.update', 'secrets.delete'],
  ...['versions.access', 'versions.add', 'versions.destroy', 'versions.list'],
].map((name) => `secretmanager.${name}`);
const ACCESSOR = ['secretmanager.versions.access'];
const READER = [...ACCESSOR, 'secretmanager.secrets.get', 'secretmanager.secrets.list'];

describe('Google Secret Manager', () => {
  const harness = googleSecretManagerHarness();
  const { project, raw } = harness;
  const opened: { close(): Promise<void> | void }[] = [];
  const open = async (changes: Parameters<typeof harness.openWith>[0] = {}): Promise<Backend> => {
    const backend = await harness.openWith(changes);
    opened.push(backend);
    return backend;
  };
  const proxied = async (): Promise<GrpcProxy> => {
    const proxy = await GrpcProxy.to(harness.target.endpoint);
    opened.push(proxy);
    return proxy;
  };
  beforeAll(() => open());
  afterEach(() => harness.configure({ lag: 0, damaged: false, enforceRates: false }));
  afterAll(async () => {
    for (const thing of opened) await thing.close();
    await harness.close();
  });

  const write = (backend: Backend, offset: bigint, text = `v${offset}`) =>
    backend.apply(
      { kind: 'put', path, value: new SecretValue(`${CANARY} ${text}`), metadata: { tags: [] } },
      { fence: fenceOf(1, offset), ...call() },
    );
  const textOf = async (backend: Backend): Promise<string | undefined> =>
    (await backend.read(path, call()))?.value.reveal().replace(`${CANARY} `, '');
  const codeOf = (calling: Promise<unknown>): Promise<ErrorCode | 'ok'> =>
    calling.then(
      () => 'ok' as const,
      (error: unknown) => {
        expect(leaksOf(error, [CANARY, ...harness.credentialCanaries])).toEqual([]);
        if (CofferError.is(error)) return error.code;
        throw error;
      },
    );
  const nameOf = (prefix: string): string => `projects/${project}/secrets/${secretIdOf(prefix, path)}`;
  const statesOf = async (prefix: string): Promise<string[]> => {
    const [versions] = await raw.call((c, o) => c.listSecretVersions({ parent: nameOf(prefix) }, o), call());
    return versions.map(({ state }) => String(state)).reverse();
  };
  const as = async (permissions: readonly string[]) => {
    const { email, publicKey, json } = keyFile(`role-${randomUUID().slice(0, 8)}`, project);
    await harness.configure({ principals: [{ email, publicKey, permissions }] });
    return { serviceAccount: json };
  };

  it('does as the model does in 60 random command sequences', async () => {
    await checkAgainstModel(await open(), { runs: 60 });
  }, 120_000);

  it('an answer without an end is not listened to', async () => {
    const proxy = await proxied();
    const backend = await open({ endpoint: proxy.endpoint });
    const bytes = Buffer.alloc(65 * 1_048_576);
    proxy.verdict = () => ({ bytes });
    await expect(backend.read(path, call())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('the answer is larger than 64 MiB') as string,
    });
  });

  it('reads by number: what `latest` still shows is of no matter', async () => {
    await harness.configure({ lag: 1_000 });
    const backend = await open();
    for (const offset of [1n, 2n, 3n]) {
      await write(backend, offset);
      expect(await textOf(backend)).toBe(`v${offset}`);
    }
  });

  it('keeps one version, and none of a deleted secret', async () => {
    const prefix = randomUUID();
    const backend = await open({ prefix });
    for (const offset of [1n, 2n, 3n]) await write(backend, offset);
    expect(await statesOf(prefix)).toEqual(['DESTROYED', 'DESTROYED', 'ENABLED']);
    await backend.apply({ kind: 'delete', path }, { fence: fenceOf(1, 4n), ...call() });
    expect(await statesOf(prefix)).toEqual(['DESTROYED', 'DESTROYED', 'DESTROYED']);
    await write(backend, 5n);
    expect(await statesOf(prefix)).toEqual(['DESTROYED', 'DESTROYED', 'DESTROYED', 'ENABLED']);
  });

  it('a delete destroys what an abandoned write has left', async () => {
    const prefix = randomUUID();
    const backend = await open({ prefix });
    await write(backend, 1n);
    const payload = { data: Buffer.from(`${CANARY} left behind`) };
    await raw.call((c, o) => c.addSecretVersion({ parent: nameOf(prefix), payload }, o), call());
    expect(await textOf(backend)).toBe('v1');
    await backend.apply({ kind: 'delete', path }, { fence: fenceOf(1, 2n), ...call() });
    expect(await statesOf(prefix)).toEqual(['DESTROYED', 'DESTROYED']);
  });

  const held = async (step: string, prefix: string) => {
    const proxy = await proxied();
    let release = (): void => undefined;
    const released = new Promise<undefined>((resolve) => (release = () => resolve(undefined)));
    let reached = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (reached = resolve));
    let first = true;
    proxy.verdict = (name) => {
      if (name !== step || !first) return undefined;
      first = false;
      reached();
      return released;
    };
    return { slow: await open({ prefix, endpoint: proxy.endpoint }), arrived, release };
  };

  it.each(['AddSecretVersion', 'UpdateSecret'])('a write that is held before %s loses to a newer one', async (step) => {
    const prefix = randomUUID();
    const quick = await open({ prefix });
    await write(quick, 1n);
    const { slow, arrived, release } = await held(step, prefix);
    const late = write(slow, 2n);
    await arrived;
    await write(quick, 3n);
    release();
    expect(await late).toEqual({ outcome: 'superseded', storedFence: fenceOf(1, 3n) });
    expect(await textOf(quick)).toBe('v3');
    expect((await statesOf(prefix)).filter((state) => state === 'ENABLED')).toHaveLength(1);
  });

  it.each(['AddSecretVersion', 'UpdateSecret'])(
    'a newer write that is held before %s wins all the same',
    async (step) => {
      const prefix = randomUUID();
      const quick = await open({ prefix });
      await write(quick, 1n);
      const { slow, arrived, release } = await held(step, prefix);
      const late = write(slow, 9n);
      await arrived;
      await write(quick, 3n);
      await write(quick, 4n);
      release();
      expect((await late).outcome).toBe('applied');
      expect(await textOf(quick)).toBe('v9');
      expect((await statesOf(prefix)).filter((state) => state === 'ENABLED')).toHaveLength(1);
    },
  );

  it.each(['CreateSecret', 'AddSecretVersion', 'UpdateSecret'])(
    'a first write that is held before %s does not raise the dead',
    async (step) => {
      const prefix = randomUUID();
      const quick = await open({ prefix });
      const { slow, arrived, release } = await held(step, prefix);
      const late = write(slow, 2n);
      await arrived;
      await quick.apply({ kind: 'delete', path }, { fence: fenceOf(1, 3n), ...call() });
      release();
      expect(await late).toEqual({ outcome: 'superseded', storedFence: fenceOf(1, 3n) });
      expect(await quick.read(path, call())).toBeUndefined();
      expect(await statesOf(prefix)).not.toContain('ENABLED');
    },
  );

  it('bytes that were damaged on the way back are corrupt, not a value', async () => {
    const backend = await open();
    await write(backend, 1n);
    await harness.configure({ damaged: true });
    expect(await codeOf(backend.read(path, call()))).toBe('corrupt');
    await harness.configure({ damaged: false });
    expect(await textOf(backend)).toBe('v1');
  });

  it('sends its own checksum', async () => {
    const prefix = randomUUID();
    await write(await open({ prefix }), 1n);
    const name = `${nameOf(prefix)}/versions/1`;
    const [version] = await raw.call((c, o) => c.getSecretVersion({ name }, o), call());
    expect(version.clientSpecifiedPayloadChecksum).toBe(true);
  });

  it('two writes a second on one secret: more are throttled, and applied later', async () => {
    const backend = await open();
    await harness.configure({ enforceRates: true });
    expect(await codeOf(write(backend, 1n))).toBe('ok');
    expect(await codeOf(write(backend, 2n))).toBe('throttled');
    const signal = AbortSignal.timeout(20_000);
    let code: ErrorCode | 'ok' = 'throttled';
    while (code === 'throttled' && !signal.aborted) code = await codeOf(write(backend, 2n));
    expect(code).toBe('ok');
    expect(await textOf(backend)).toBe('v2');
  }, 60_000);

  it.each(['CreateSecret', 'AddSecretVersion', 'UpdateSecret', 'DestroySecretVersion'])(
    'a write whose answer to %s is lost keeps its value, and is repeated',
    async (step) => {
      const prefix = randomUUID();
      const proxy = await proxied();
      const backend = await open({ prefix, endpoint: proxy.endpoint });
      for (const offset of [1n, 2n]) {
        let lost = 0;
        proxy.verdict = (name) =>
          name === step && (lost += 1) === 1 ? { code: status.UNAVAILABLE, details: '', after: true } : undefined;
        expect(['ok', 'unavailable']).toContain(await codeOf(write(backend, offset)));
        expect((await write(backend, offset)).outcome).toBe('applied');
        expect(await textOf(backend)).toBe(`v${offset}`);
      }
      await write(backend, 3n);
      expect((await statesOf(prefix)).filter((state) => state === 'ENABLED')).toHaveLength(1);
    },
  );

  it.each([
    [status.UNAVAILABLE, 'unavailable'],
    [status.RESOURCE_EXHAUSTED, 'throttled'],
    [status.DEADLINE_EXCEEDED, 'timeout'],
    [status.PERMISSION_DENIED, 'denied'],
    [status.UNAUTHENTICATED, 'unauthenticated'],
    [status.INVALID_ARGUMENT, 'invalid'],
    [status.DATA_LOSS, 'corrupt'],
    [status.UNKNOWN, 'unavailable'],
  ] as const)('status %i is %s, after one call and no retry of the client', async (code, expected) => {
    const proxy = await proxied();
    const prefix = randomUUID();
    const backend = await open({ prefix, endpoint: proxy.endpoint });
    await write(backend, 1n);
    proxy.calls.length = 0;
    proxy.verdict = (name) => (name === 'AccessSecretVersion' ? { code, details: CANARY } : undefined);
    expect(await codeOf(backend.read(path, call()))).toBe(expected);
    expect(proxy.calls).toEqual(['GetSecret', 'AccessSecretVersion']);
  });

  it('reads a secret of its own in two calls', async () => {
    const proxy = await proxied();
    const backend = await open({ endpoint: proxy.endpoint });
    await write(backend, 1n);
    expect(proxy.calls).toEqual(['GetSecret', 'ListSecrets', 'CreateSecret', 'AddSecretVersion', 'UpdateSecret']);
    proxy.calls.length = 0;
    await backend.read(path, call());
    expect(proxy.calls).toEqual(['GetSecret', 'AccessSecretVersion']);
  });

  it('the documented role is enough for a writer', async () => {
    const prefix = randomUUID();
    const backend = await open({ prefix, ...(await as(WRITER)) });
    await backend.check(call());
    await write(backend, 1n);
    await write(backend, 2n);
    await backend.apply({ kind: 'patch', path, metadata: { description: 'd' } }, { fence: fenceOf(1, 3n), ...call() });
    expect(await textOf(backend)).toBe('v2');
    const listed: string[] = [];
    for await (const page of backend.list({ tenant: 'main' }, call())) listed.push(...page.map((e) => e.path.key));
    expect(listed).toEqual([path.key]);
    await backend.apply({ kind: 'delete', path }, { fence: fenceOf(1, 4n), ...call() });
    await harness.outside.create(prefix, path, 'outside');
    expect(await textOf(backend)).toBe('outside');
    await backend.apply({ kind: 'delete', path }, { fence: fenceOf(1, 5n), ...call() });
    expect(await backend.read(path, call())).toBeUndefined();
  });

  it.each(WRITER)('without %s something is denied', async (missing) => {
    const prefix = randomUUID();
    const backend = await open({ prefix, ...(await as(WRITER.filter((permission) => permission !== missing))) });
    const steps = [
      () => backend.check(call()),
      () => write(backend, 1n),
      () => write(backend, 2n),
      () => backend.read(path, call()),
      () => backend.apply({ kind: 'delete', path }, { fence: fenceOf(1, 3n), ...call() }),
      async () => {
        await harness.outside.create(prefix, path, 'outside');
        await backend.apply({ kind: 'delete', path }, { fence: fenceOf(1, 4n), ...call() });
      },
    ];
    const codes: string[] = [];
    for (const step of steps) codes.push(await codeOf(step()));
    // Behind a tombstone nothing is refused any more.
    expect(codes).toContain(/secrets.delete|versions.destroy/.test(missing) ? 'unavailable' : 'denied');
  });

  it('a reader needs three permissions, and to read values alone only one', async () => {
    const prefix = randomUUID();
    const writer = await open({ prefix });
    const metadata = { description: 'd', tags: [{ key: 'a', value: 'b' }] };
    await writer.apply(
      { kind: 'put', path, value: new SecretValue('v'), metadata },
      { fence: fenceOf(1, 1n), ...call() },
    );
    const reader = await open({ prefix, ...(await as(READER)) });
    await reader.check(call());
    expect((await reader.read(path, call()))?.metadata).toEqual(metadata);
    const accessor = await as(ACCESSOR);
    const alone = await open({ prefix, valuesAlone: true, ...accessor });
    await alone.check(call());
    expect((await alone.read(path, call()))?.value.reveal()).toBe('v');
    expect((await alone.read(path, call()))?.metadata).toEqual({ tags: [] });
    expect(await codeOf(write(alone, 2n))).toBe('denied');
    await writer.apply(
      { kind: 'put', path, value: new SecretValue('w'), metadata },
      { fence: fenceOf(1, 2n), ...call() },
    );
    expect((await alone.read(path, call()))?.value.reveal()).toBe('w');
    await writer.apply({ kind: 'delete', path }, { fence: fenceOf(1, 3n), ...call() });
    expect(await alone.read(path, call())).toBeUndefined();
    const strict = await open({ prefix, ...accessor });
    expect(await codeOf(strict.read(path, call()))).toBe('denied');
    const forbidden = await open({ prefix, valuesAlone: true, ...(await as([])) });
    expect(await codeOf(forbidden.read(path, call()))).toBe('denied');
    expect(await codeOf(forbidden.check(call()))).toBe('denied');
  });

  it('a secret made outside follows its newest version until Coffer writes it', async () => {
    const prefix = randomUUID();
    const backend = await open({ prefix });
    const id = `outside-${randomUUID()}`;
    const labels = { ...identityLabels(prefix, path), team: 'a' };
    const annotations = { prefix, namespace: path.namespace, key: path.key, description: 'by hand', Contact: 'x@y' };
    await harness.outside.createSecret(id, labels, annotations);
    expect(await backend.read(path, call())).toBeUndefined();
    const parent = `projects/${project}/secrets/${id}`;
    for (const text of ['one', 'two']) {
      const payload = { data: Buffer.from(text) };
      await raw.call((c, o) => c.addSecretVersion({ parent, payload }, o), call());
      expect((await backend.read(path, call()))?.value.reveal()).toBe(text);
    }
    const tags = [
      { key: 'Contact', value: 'x@y' },
      { key: 'team', value: 'a' },
    ];
    expect((await backend.read(path, call()))?.metadata).toEqual({ description: 'by hand', tags });
    await raw.call((c, o) => c.disableSecretVersion({ name: `${parent}/versions/2` }, o), call());
    expect(await codeOf(backend.read(path, call()))).toBe('denied');
    await write(backend, 1n);
    await write(backend, 2n);
    expect(await textOf(backend)).toBe('v2');
    const [versions] = await raw.call((c, o) => c.listSecretVersions({ parent }, o), call());
    // What others made is theirs to destroy.
    expect(versions.map(({ state }) => state).reverse()).toEqual(['ENABLED', 'DISABLED', 'DESTROYED', 'ENABLED']);
    const [secret] = await raw.call((c, o) => c.getSecret({ name: parent }, o), call());
    expect(secret.labels).toEqual(labels);
    expect(secret.annotations).toMatchObject(annotations);
  });

  it('a secret made outside beside Coffer’s own is a conflict once a list has shown it', async () => {
    const prefix = randomUUID();
    const backend = await open({ prefix });
    await write(backend, 1n);
    const id = await harness.outside.create(prefix, path, 'outside');
    expect(await codeOf(write(backend, 2n))).toBe('conflict');
    for await (const _page of backend.list({ tenant: 'main' }, call()));
    expect(await codeOf(backend.read(path, call()))).toBe('conflict');
    await raw.call((c, o) => c.deleteSecret({ name: `projects/${project}/secrets/${id}` }, o), call());
    expect(await textOf(backend)).toBe('v1');
  });

  it('a version that somebody has disabled is corrupt, not absent', async () => {
    const prefix = randomUUID();
    const backend = await open({ prefix });
    await write(backend, 1n);
    await raw.call((c, o) => c.disableSecretVersion({ name: `${nameOf(prefix)}/versions/1` }, o), call());
    expect(await codeOf(backend.read(path, call()))).toBe('corrupt');
  });

  it('annotations of others that leave no room are too large, before anything is written', async () => {
    const prefix = randomUUID();
    const backend = await open({ prefix });
    const id = `outside-${randomUUID()}`;
    const annotations = { prefix, namespace: path.namespace, key: path.key, notes: 'x'.repeat(15_000) };
    await harness.outside.createSecret(id, identityLabels(prefix, path), annotations, 'outside');
    const metadata = { description: 'd'.repeat(2_000), tags: [] };
    const calling = backend.apply(
      { kind: 'put', path, value: new SecretValue(CANARY), metadata },
      { fence: fenceOf(1, 1n), ...call() },
    );
    expect(await codeOf(calling)).toBe('too-large');
    expect(await harness.outside.valueOf(id)).toBe('outside');
  });

  it('does without version aliases where the server knows none', async () => {
    const proxy = await proxied();
    let refused = 0;
    // The first update names the aliases; the second, without them, passes.
    proxy.verdict = (name) =>
      name === 'UpdateSecret' && (refused += 1) === 1 ? { code: status.INVALID_ARGUMENT, details: '' } : undefined;
    const backend = await open({ endpoint: proxy.endpoint });
    await write(backend, 1n);
    await write(backend, 2n);
    expect(await textOf(backend)).toBe('v2');
    expect(proxy.calls.filter((name) => name === 'UpdateSecret')).toHaveLength(3);
  });

  it('prints no requests, whatever the environment asks of the vendor’s client', async () => {
    process.env['GOOGLE_SDK_NODE_LOGGING'] = '*';
    const printed: string[] = [];
    const spies = [process.stdout, process.stderr].map((stream) =>
      jest.spyOn(stream, 'write').mockImplementation((chunk) => printed.push(String(chunk)) > 0),
    );
    try {
      const backend = await open();
      await write(backend, 1n);
      await textOf(backend);
    } finally {
      for (const spy of spies) spy.mockRestore();
      delete process.env['GOOGLE_SDK_NODE_LOGGING'];
    }
    expect(leaksOf(printed.join('\n'), [CANARY])).toEqual([]);
  });
});
