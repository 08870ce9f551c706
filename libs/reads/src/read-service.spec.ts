import type { Backend } from '@coffer/backend-contract';
import { openMemoryBackend } from '@coffer/backend-memory';
import { CofferError, SecretPath, SecretValue, fenceOf, isWithinNamespace } from '@coffer/secrets';
import { ReadService } from './read-service.js';
import { StoreLookup } from './store-lookup.js';

let offset = 0n;
const put = async (backend: Backend, namespace: string, key: string, value = 'v', description?: string) => {
  offset += 1n;
  const metadata = { tags: [], ...(description === undefined ? {} : { description }) };
  const path = SecretPath.of('main', namespace, key);
  await backend.apply(
    { kind: 'put', path, value: new SecretValue(value), metadata },
    { fence: fenceOf(1, offset), signal: new AbortController().signal },
  );
};

const everything = () => true;
const reading = (backend: Pick<Backend, 'read'>, absent: (path: SecretPath) => boolean = () => false) => {
  const store = new StoreLookup({ forNamespace: () => ({ backend }) });
  return new ReadService({
    cached: (path) => (absent(path) ? 'absent' : undefined),
    read: (path) => store.read(path),
  });
};
const ask = (namespace: string, key: string, more: { inherit?: boolean; subkey?: string } = {}) => ({
  path: SecretPath.of('main', namespace, key),
  inherit: true,
  visible: everything,
  ...more,
});
const failure = async (work: unknown): Promise<CofferError> => {
  const error: unknown = await Promise.resolve(work).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!CofferError.is(error)) throw new Error('it did not fail as it should');
  return error;
};

describe('a look into the store alone', () => {
  it('tells value, version and revision, when the secret was changed where that is known, and that the store was asked', async () => {
    const secret = { value: new SecretValue('v'), metadata: { tags: [] }, version: '7', revision: 2 };
    const answers = [{ ...secret, changed: 5 }, secret, undefined];
    const lookup = new StoreLookup({
      forNamespace: () => ({ backend: { read: () => Promise.resolve(answers.shift()) } }),
    });
    const path = SecretPath.of('main', 'a', 'K');
    const { metadata: _metadata, ...given } = secret;
    const status = { source: 'store', forward: 'bypass' };
    expect(await lookup.read(path)).toStrictEqual({ secret: { ...given, changed: 5 }, ...status });
    expect(await lookup.read(path)).toStrictEqual({ secret: given, ...status });
    expect(await lookup.read(path)).toStrictEqual({ secret: undefined, ...status });
    expect(lookup.cached()).toBeUndefined();
  });
});

describe('resolve', () => {
  it('lets the child win, and says where the secret was found', async () => {
    const backend = openMemoryBackend();
    await put(backend, 'company', 'A', 'parent');
    await put(backend, 'company.team', 'A', 'child');
    await put(backend, 'company', 'B', 'only parent');
    const reads = reading(backend);
    const a = await reads.resolve(ask('company.team', 'A'));
    expect([a.path.namespace, a.value.reveal()]).toEqual(['company.team', 'child']);
    const b = await reads.resolve(ask('company.team.app', 'B'));
    expect([b.path.namespace, b.value.reveal()]).toEqual(['company', 'only parent']);
  });

  it('asks no parent without inherit, and none that is not visible', async () => {
    const backend = openMemoryBackend();
    await put(backend, 'company', 'A');
    const reads = reading(backend);
    const alone = await failure(reads.resolve(ask('company.team', 'A', { inherit: false })));
    expect([alone.code, alone.details['namespaces']]).toEqual(['not-found', ['company.team']]);
    const visible = (namespace: string) => isWithinNamespace(namespace, 'company.team');
    const blind = await failure(reads.resolve({ ...ask('company.team.app', 'A'), visible }));
    expect([blind.code, blind.details['namespaces']]).toEqual(['not-found', ['company.team.app', 'company.team']]);
    expect(blind.message).toBe("there is no secret 'A' in company.team.app, company.team");
  });

  it('does not take a failing child for an absent one', async () => {
    const backend = openMemoryBackend();
    await put(backend, 'company', 'A', 'parent');
    const reads = reading({
      read: (path, call) =>
        path.namespace === 'company'
          ? backend.read(path, call)
          : Promise.reject(new CofferError('unavailable', 'the store does not answer')),
    });
    expect((await failure(reads.resolve(ask('company.team', 'A')))).code).toBe('unavailable');
  });

  it('asks no store for what is known to be absent', async () => {
    const backend = openMemoryBackend();
    await put(backend, 'company', 'A');
    const asked: string[] = [];
    const watched: Pick<Backend, 'read'> = {
      read: (path, call) => {
        asked.push(path.namespace);
        return backend.read(path, call);
      },
    };
    const reads = reading(watched, ({ namespace }) => namespace !== 'company');
    const { path, cacheStatus } = await reads.resolve(ask('company.team.app', 'A'));
    expect(path.namespace).toBe('company');
    expect(cacheStatus).toMatchObject({ source: 'store', forward: 'bypass' });
    expect(asked).toEqual(['company']);
  });

  it('reads subkeys: text as text, the rest as JSON with all digits', async () => {
    const backend = openMemoryBackend();
    await put(
      backend,
      'a',
      'DB',
      '{"user":"u\\n","port":5432,"id":12345678901234567890,"deep":{"x":[1.10]},"no":null}',
    );
    const field = async (subkey: string) => (await reading(backend).resolve(ask('a', 'DB', { subkey }))).value.reveal();
    expect(await field('user')).toBe('u\n');
    expect(await field('port')).toBe('5432');
    expect(await field('id')).toBe('12345678901234567890');
    expect(await field('deep')).toBe('{"x":[1.10]}');
    expect(await field('no')).toBe('null');
  });

  it.each([
    ['plain text', 'hunter2', 'x'],
    ['an array', '["hunter2"]', '0'],
    ['a string', '"hunter2"', 'length'],
    ['null', 'null', 'x'],
    ['no such field', '{"a":"hunter2"}', 'b'],
    ['an inherited property', '{"a":"hunter2"}', 'constructor'],
    ['broken JSON', '{"a":"hunter2"', 'a'],
  ])('refuses a subkey of %s and quotes nothing', async (_what, value, subkey) => {
    const backend = openMemoryBackend();
    await put(backend, 'a', 'K', value);
    const error = await failure(reading(backend).resolve(ask('a', 'K', { subkey })));
    expect(error.code).toBe('invalid');
    expect(JSON.stringify(error) + error.message + String(error.stack)).not.toContain('hunter2');
  });
});
