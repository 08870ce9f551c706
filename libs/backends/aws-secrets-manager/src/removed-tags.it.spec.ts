import { randomUUID } from 'node:crypto';
import type { Backend } from '@coffer/backend-contract';
import { SecretPath, SecretValue, fenceOf, type Tag } from '@coffer/secrets';
import { openAwsSecretsManagerBackend } from './open.js';
import { NINE_PERMISSIONS, ownerKeys, PolicyProxy, serviceEndpoint, serviceRegion } from './testing/index.js';

const path = SecretPath.of('main', 'company.team', 'KEY');
const call = () => ({ signal: AbortSignal.timeout(20_000) });
const tagsOf = (name: string): Tag[] => Array.from({ length: 30 }, (_, n) => ({ key: `${name}${n}`, value: 'x' }));

/** AWS takes 50 tags of a secret: four are its identity. */
describe('more tags than AWS takes beside those that were removed', () => {
  const prefix = randomUUID();
  const closing: (() => Promise<void>)[] = [];
  afterAll(() => Promise.all(closing.map((close) => close())));

  const opened = async (permissions: readonly string[]) => {
    const service = await PolicyProxy.open(permissions);
    const backend = openAwsSecretsManagerBackend({
      region: serviceRegion(),
      endpoint: serviceEndpoint(),
      keys: ownerKeys(),
      prefix,
      adjust: service.redirect,
    });
    closing.push(async () => {
      await backend.close();
      await service.close();
    });
    return { service, backend };
  };
  const write = (backend: Backend, n: number, tags: readonly Tag[]) =>
    backend.apply(
      { kind: 'put', path, value: new SecretValue(`value ${n}`), metadata: { tags } },
      { fence: fenceOf(1, BigInt(n)), ...call() },
    );
  const stored = async (backend: Backend) => {
    const secret = await backend.read(path, call());
    return [secret?.value.reveal(), secret?.metadata.tags[0]?.key];
  };

  it('are refused before anything is changed, until UntagResource makes room', async () => {
    const { service, backend } = await opened(NINE_PERMISSIONS);
    await write(backend, 1, tagsOf('a'));
    await write(backend, 2, []);
    service.actions.splice(0);
    await expect(write(backend, 3, tagsOf('b'))).rejects.toMatchObject({ code: 'too-large' });
    const annotating = backend.apply(
      { kind: 'patch', path, metadata: { tags: tagsOf('b') } },
      { fence: fenceOf(1, 4n), ...call() },
    );
    await expect(annotating).rejects.toMatchObject({ code: 'too-large' });
    expect(service.actions).not.toContain('PutSecretValue');
    expect(await stored(backend)).toEqual(['value 2', undefined]);
    expect((await write(backend, 5, tagsOf('a'))).outcome).toBe('applied');
    await write(backend, 6, []);

    const { backend: allowed } = await opened([...NINE_PERMISSIONS, 'UntagResource']);
    expect((await write(allowed, 7, tagsOf('b'))).outcome).toBe('applied');
    expect(await stored(allowed)).toEqual(['value 7', 'b0']);
    expect((await write(allowed, 8, tagsOf('c'))).outcome).toBe('applied');
  });
});
