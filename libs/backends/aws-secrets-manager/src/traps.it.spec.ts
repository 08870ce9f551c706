import { DescribeSecretCommand, RestoreSecretCommand, TagResourceCommand } from '@aws-sdk/client-secrets-manager';
import { randomUUID } from 'node:crypto';
import type { Backend, CallOptions } from '@coffer/backend-contract';
import type { HttpRequest, HttpVerdict } from '@coffer/backend-conformance/faults';
import { CofferError, SecretPath, SecretValue, fenceOf, type Fence, type SecretMetadata } from '@coffer/secrets';
import { nameOf } from './layout.js';
import { openAwsSecretsManagerBackend, type AwsSecretsManagerOptions } from './open.js';
import {
  ANSWERS,
  ATOMIC_PERMISSION,
  NINE_PERMISSIONS,
  ExternalClient,
  PolicyProxy,
  READING_PERMISSIONS,
  actionOf,
  awsError,
  ownerKeys,
  serviceEndpoint,
  serviceRegion,
} from './testing/index.js';

const call = (): CallOptions => ({ signal: AbortSignal.timeout(20_000) });
const fence = (n: number): Fence => fenceOf(1, BigInt(n));
const bodyOf = ({ body }: HttpRequest) => JSON.parse(body.toString('utf8')) as Record<string, unknown>;

/** What an adapter meets that nobody planned for, on a real server behind a policy. */
describe('AWS Secrets Manager', () => {
  const closing: (() => Promise<void> | void)[] = [];
  const externalClient = new ExternalClient();
  let prefix: string;
  beforeEach(() => (prefix = randomUUID()));
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(() => externalClient.close());

  const policed = async (allowed: readonly string[]): Promise<PolicyProxy> => {
    const service = await PolicyProxy.open(allowed);
    closing.push(() => service.close());
    return service;
  };
  const atomicService = () => policed([...NINE_PERMISSIONS, ATOMIC_PERMISSION]);
  const opened = (service: PolicyProxy, changes: Partial<AwsSecretsManagerOptions> = {}): Backend => {
    const backend = openAwsSecretsManagerBackend({
      region: serviceRegion(),
      endpoint: serviceEndpoint(),
      keys: ownerKeys(),
      prefix,
      adjust: service.redirect,
      ...changes,
    });
    closing.push(() => backend.close());
    return backend;
  };
  const path = (key = 'KEY') => SecretPath.of('main', 'company.team', key);
  const write = (backend: Backend, n: number, text: string, metadata: SecretMetadata = { tags: [] }, at = path()) =>
    backend.apply({ kind: 'put', path: at, value: new SecretValue(text), metadata }, { fence: fence(n), ...call() });
  const textOf = async (backend: Backend, at = path()) => (await backend.read(at, call()))?.value.reveal();
  const refusal = async (calling: Promise<unknown>): Promise<CofferError> => {
    const error = await calling.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CofferError);
    return error as CofferError;
  };
  /** Befalls the first request of that action. */
  const once = (service: PolicyProxy, action: string, verdict: () => HttpVerdict | Promise<HttpVerdict>): void => {
    let met = false;
    service.intercept = (request) => {
      if (met || actionOf(request) !== action) return 'pass';
      met = true;
      return verdict();
    };
  };

  describe('conditional writes', () => {
    it('are not known to be atomic before the first check, and then are', async () => {
      const backend = opened(await atomicService());
      expect(backend.capabilities.conditionalWrites).toBe('checked');
      await backend.check(call());
      expect(backend.capabilities.conditionalWrites).toBe('atomic');
    });

    it('are found out by the first write as well', async () => {
      const backend = opened(await atomicService());
      await write(backend, 1, 'x');
      expect(backend.capabilities.conditionalWrites).toBe('atomic');
    });

    it('are found out again when the first attempt said nothing', async () => {
      const service = await atomicService();
      const backend = opened(service);
      once(service, ATOMIC_PERMISSION, () => 'server-error');
      expect((await refusal(backend.check(call()))).code).toBe('unavailable');
      expect(backend.capabilities.conditionalWrites).toBe('checked');
      await backend.check(call());
      expect(backend.capabilities.conditionalWrites).toBe('atomic');
    });

    it('are checked from the moment on that the label of one secret may not be moved', async () => {
      const service = await atomicService();
      const backend = opened(service);
      await write(backend, 1, 'one');
      once(service, ATOMIC_PERMISSION, () => ANSWERS.denied);
      expect((await write(backend, 2, 'two')).outcome).toBe('applied');
      expect(backend.capabilities.conditionalWrites).toBe('checked');
    });

    it('stay atomic where one secret may not be written at all', async () => {
      const service = await atomicService();
      const backend = opened(service);
      await write(backend, 1, 'one');
      service.intercept = (request) => (actionOf(request) === 'PutSecretValue' ? ANSWERS.denied : 'pass');
      expect((await refusal(write(backend, 2, 'two'))).code).toBe('denied');
      expect(backend.capabilities.conditionalWrites).toBe('atomic');
      expect(await textOf(backend)).toBe('one');
    });

    it.each(['PutSecretValue', ATOMIC_PERMISSION])(
      'atomic: late at %s, a write does not replace a newer one',
      async (action) => {
        const slow = await atomicService();
        const [late, prompt] = [opened(slow), opened(await atomicService())];
        await write(late, 1, 'one');
        once(slow, action, async (): Promise<HttpVerdict> => {
          await write(prompt, 3, 'three');
          return 'pass';
        });
        expect(await write(late, 2, 'two')).toEqual({ outcome: 'superseded', storedFence: fence(3) });
        expect(await textOf(late)).toBe('three');
        expect(slow.actions.filter((action) => action === 'PutSecretValue')).toHaveLength(1);
      },
    );

    it('checked: a write that slipped over a newer one puts it back', async () => {
      const slow = await policed(NINE_PERMISSIONS);
      const [late, prompt] = [opened(slow), opened(await policed(NINE_PERMISSIONS))];
      await write(late, 1, 'one');
      once(slow, 'PutSecretValue', async (): Promise<HttpVerdict> => {
        await write(prompt, 3, 'three');
        return 'pass';
      });
      expect(await write(late, 2, 'two')).toEqual({ outcome: 'superseded', storedFence: fence(3) });
      expect(await textOf(late)).toBe('three');
      expect((await late.read(path(), call()))?.fence).toBe(fence(3));
    });

    it('a replay whose first try took effect makes no second version', async () => {
      const service = await atomicService();
      const backend = opened(service);
      await write(backend, 1, 'one');
      once(service, ATOMIC_PERMISSION, () => 'cut-after');
      expect((await refusal(write(backend, 2, 'two'))).code).toBe('unavailable');
      service.actions.length = 0;
      expect((await write(backend, 2, 'two')).outcome).toBe('applied');
      expect(service.actions).not.toContain('PutSecretValue');
    });

    it('the fence is in the id of the version, with the token of the request', async () => {
      const service = await atomicService();
      const tokens: unknown[] = [];
      service.intercept = (request) => {
        if (actionOf(request) === 'CreateSecret') tokens.push(bodyOf(request)['ClientRequestToken']);
        return 'pass';
      };
      const outcome = await write(opened(service), 7, 'x');
      expect(outcome).toMatchObject({ version: 'c0ffe000-0001-8000-8010-000000000007' });
      expect(tokens).toEqual(['c0ffe000-0001-8000-8010-000000000007']);
    });

    it('the fence is put behind a creation by a service that does not heed its token', async () => {
      const service = await atomicService();
      const adjust: AwsSecretsManagerOptions['adjust'] = (client) => {
        service.redirect(client);
        const forget = (input: object) => ({ ...input, ClientRequestToken: randomUUID() });
        client.middlewareStack.add(
          (next, { commandName }) =>
            (args) =>
              next(commandName === 'CreateSecretCommand' ? { ...args, input: forget(args.input) as never } : args),
          { step: 'initialize', name: 'forgetToken' },
        );
      };
      const backend = opened(service, { adjust });
      await write(backend, 7, 'x');
      expect(await write(backend, 6, 'older')).toEqual({ outcome: 'superseded', storedFence: fence(7) });
      const gone = path('GONE');
      await backend.apply({ kind: 'delete', path: gone }, { fence: fence(9), ...call() });
      expect(await write(backend, 8, 'older', { tags: [] }, gone)).toMatchObject({ outcome: 'superseded' });
      expect([await textOf(backend), await textOf(backend, gone)]).toEqual(['x', undefined]);
    });
  });

  describe('deletes', () => {
    it('write a tombstone, then delete, and keep nothing that a restore could bring back', async () => {
      const service = await atomicService();
      const backend = opened(service);
      await write(backend, 1, 'old');
      service.actions.length = 0;
      await backend.apply({ kind: 'delete', path: path() }, { fence: fence(2), ...call() });
      const changes = service.actions.filter((action) => !action.startsWith('Describe'));
      expect(changes).toEqual(['PutSecretValue', ATOMIC_PERMISSION, 'DeleteSecret']);
      await externalClient.client.send(new RestoreSecretCommand({ SecretId: nameOf(prefix, path()) }));
      expect(await textOf(backend)).toBeUndefined();
      for await (const page of backend.list({ tenant: 'main' }, call())) expect(page).toEqual([]);
      expect(await externalClient.valueOf(nameOf(prefix, path()))).not.toContain('old');
    });

    it('are undone by the next write: restored first, then put', async () => {
      const service = await atomicService();
      const backend = opened(service);
      await write(backend, 1, 'old');
      await backend.apply({ kind: 'delete', path: path() }, { fence: fence(2), ...call() });
      service.actions.length = 0;
      await write(backend, 3, 'new');
      const changes = service.actions.filter((action) => !/^(Describe|List)/.test(action));
      expect(changes).toEqual(['RestoreSecret', 'PutSecretValue', ATOMIC_PERMISSION]);
      expect(await textOf(backend)).toBe('new');
    });

    it.each([
      ['InvalidRequestException', 'You can’t create this secret because it is scheduled for deletion.'],
      ['ResourceExistsException', 'The secret already exists.'],
    ])('are met by a create that did not know of them: %s', async (type, message) => {
      const service = await atomicService();
      const backend = opened(service);
      await write(backend, 1, 'old');
      await backend.apply({ kind: 'delete', path: path() }, { fence: fence(2), ...call() });
      let described = 0;
      service.intercept = (request) => {
        if (actionOf(request) === 'CreateSecret') return awsError(400, type, message);
        // The service's reads are eventually consistent.
        const first = actionOf(request) === 'DescribeSecret' && (described += 1) === 1;
        return first ? awsError(400, 'ResourceNotFoundException', 'not yet') : 'pass';
      };
      expect((await write(backend, 3, 'new')).outcome).toBe('applied');
      expect(await textOf(backend)).toBe('new');
    });
  });

  describe('reads', () => {
    it('always ask for AWSCURRENT', async () => {
      const service = await atomicService();
      const stages: unknown[] = [];
      service.intercept = (request) => {
        if (actionOf(request) === 'GetSecretValue') stages.push(bodyOf(request)['VersionStage']);
        return 'pass';
      };
      const backend = opened(service);
      await write(backend, 1, 'one');
      await write(backend, 2, 'two');
      expect(await textOf(backend)).toBe('two');
      await backend.apply(
        { kind: 'patch', path: path(), metadata: { description: 'd' } },
        { fence: fence(3), ...call() },
      );
      expect(new Set(stages)).toEqual(new Set(['AWSCURRENT']));
    });

    it('take InvalidRequestException for absence only where the secret has a DeletedDate', async () => {
      const service = await atomicService();
      const backend = opened(service);
      await write(backend, 1, 'x');
      service.intercept = (request) =>
        actionOf(request) === 'GetSecretValue'
          ? awsError(400, 'InvalidRequestException', 'managed by a service')
          : 'pass';
      expect((await refusal(backend.read(path(), call()))).code).toBe('conflict');
      await backend.apply({ kind: 'delete', path: path() }, { fence: fence(2), ...call() });
      expect(await backend.read(path(), call())).toBeUndefined();
    });

    it('tell the fence, so that a stale one can be seen', async () => {
      const backend = opened(await atomicService());
      await write(backend, 5, 'x');
      const stored = await backend.read(path(), call());
      expect([stored?.fence, stored?.version]).toEqual([fence(5), 'c0ffe000-0001-8000-8010-000000000005']);
    });

    it('show bytes that are text, and refuse others', async () => {
      const backend = opened(await atomicService());
      const tags = { prefix, namespace: 'company.team' };
      await externalClient.create({ tags: { ...tags, key: 'TEXT' }, value: Buffer.from('schlüssel') });
      await externalClient.create({ tags: { ...tags, key: 'BYTES' }, value: Buffer.from([0xff, 0xfe]) });
      expect(await textOf(backend, path('TEXT'))).toBe('schlüssel');
      expect((await refusal(backend.read(path('BYTES'), call()))).code).toBe('corrupt');
    });
  });

  describe('secrets made outside', () => {
    it('belong to the tenant main without a tag of theirs', async () => {
      const backend = opened(await atomicService());
      await externalClient.create({ tags: { prefix, namespace: 'company.team', key: 'KEY' }, value: 'x' });
      expect(await textOf(backend)).toBe('x');
    });

    it('are found among many whose tags begin alike', async () => {
      const backend = opened(await atomicService());
      const tags = { prefix, namespace: 'company.team' };
      for (const key of ['KEY_2', 'KE', 'KEYS']) await externalClient.create({ tags: { ...tags, key }, value: key });
      // The right value in a tag of another name.
      await externalClient.create({ tags: { ...tags, key: 'OTHER', note: 'KEY' }, value: 'OTHER' });
      expect(await textOf(backend)).toBeUndefined();
      await externalClient.create({ tags: { ...tags, key: 'KEY' }, value: 'right' });
      expect(await textOf(backend)).toBe('right');
    });

    it('that list and description disagree about are judged by the description', async () => {
      const service = await atomicService();
      const backend = opened(service);
      const name = await externalClient.create({ tags: { prefix, namespace: 'company.team', key: 'KEY' }, value: 'x' });
      service.intercept = async (request) => {
        if (actionOf(request) !== 'ListSecrets') return 'pass';
        // The list is as it was before the tag was changed.
        const Tags = [{ Key: 'key', Value: 'ELSE' }];
        await externalClient.client.send(new TagResourceCommand({ SecretId: name, Tags }));
        const { Tags: now = [] } = await externalClient.client.send(new DescribeSecretCommand({ SecretId: name }));
        const SecretVersionsToStages = { '8b6a1c50-0c9e-4b6f-9a53-2f5b8f5ecb0f': ['AWSCURRENT'] };
        const before = now.map((tag) => (tag.Key === 'key' ? { Key: 'key', Value: 'KEY' } : tag));
        return {
          status: 200,
          body: JSON.stringify({ SecretList: [{ Name: name, Tags: before, SecretVersionsToStages }] }),
        };
      };
      expect(await textOf(backend)).toBeUndefined();
    });

    it('that took a name of Coffer’s without its tags are neither shown nor overwritten', async () => {
      const backend = opened(await atomicService());
      const name = await externalClient.create({ tags: {}, value: 'foreign', name: nameOf(prefix, path()) });
      expect(await textOf(backend)).toBeUndefined();
      expect((await refusal(write(backend, 1, 'x'))).code).toBe('conflict');
      expect(
        (await refusal(backend.apply({ kind: 'delete', path: path() }, { fence: fence(2), ...call() }))).code,
      ).toBe('conflict');
      expect(await externalClient.valueOf(name)).toBe('foreign');
    });

    it('beside one of Coffer’s own are a conflict once a list has seen both', async () => {
      const backend = opened(await atomicService());
      await write(backend, 1, 'ours');
      const name = await externalClient.create({
        tags: { prefix, namespace: 'company.team', key: 'KEY' },
        value: 'theirs',
      });
      for await (const _page of backend.list({ tenant: 'main' }, call()));
      for (const calling of [backend.read(path(), call()), write(backend, 2, 'x')]) {
        const { code, message } = await refusal(calling);
        expect([code, message]).toEqual(['conflict', expect.stringContaining(name)]);
        expect(message).toContain(nameOf(prefix, path()));
      }
    });
  });

  describe('tags and descriptions', () => {
    const tagged = (keys: string[]) => ({ description: 'd', tags: keys.map((key) => ({ key, value: 'v' })) });
    const storedTags = async (): Promise<Record<string, string>> => {
      const { Tags = [] } = await externalClient.client.send(
        new DescribeSecretCommand({ SecretId: nameOf(prefix, path()) }),
      );
      return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
    };

    it('removed tags are overwritten and hidden without UntagResource, which is asked for once', async () => {
      const service = await policed(NINE_PERMISSIONS);
      const backend = opened(service);
      await write(backend, 1, 'x', tagged(['a', 'b']));
      await write(backend, 2, 'x', tagged(['b']));
      expect(await storedTags()).toMatchObject({ a: 'coffer:removed', b: 'v' });
      expect((await backend.read(path(), call()))?.metadata).toEqual(tagged(['b']));
      await backend.apply({ kind: 'patch', path: path(), metadata: { tags: [] } }, { fence: fence(3), ...call() });
      expect((await backend.read(path(), call()))?.metadata).toEqual(tagged([]));
      await write(backend, 4, 'x', tagged(['a']));
      expect((await backend.read(path(), call()))?.metadata).toEqual(tagged(['a']));
      expect(service.actions.filter((action) => action === 'UntagResource')).toHaveLength(1);
    });

    it('removed tags are gone with UntagResource', async () => {
      const backend = opened(await policed([...NINE_PERMISSIONS, 'UntagResource']));
      await write(backend, 1, 'x', tagged(['a', 'b']));
      await write(backend, 2, 'x', tagged(['b']));
      expect(await storedTags()).toEqual({ prefix, tenant: 'main', namespace: 'company.team', key: 'KEY', b: 'v' });
    });

    it('that AWS or Coffer keeps for itself are refused', async () => {
      const backend = opened(await atomicService());
      for (const tag of [
        { key: 'aws:cloudformation:stack', value: 'x' },
        { key: 'a', value: 'aws:x' },
        { key: 'a', value: 'coffer:removed' },
      ]) {
        expect((await refusal(write(backend, 1, 'x', { tags: [tag] }))).code).toBe('invalid');
      }
      expect(await textOf(backend)).toBeUndefined();
    });

    it('metadata whose writing failed is written by the replay', async () => {
      const service = await atomicService();
      const backend = opened(service);
      await write(backend, 1, 'x');
      once(service, 'UpdateSecret', () => 'throttled');
      expect((await refusal(write(backend, 2, 'y', tagged(['a'])))).code).toBe('throttled');
      expect(await write(backend, 2, 'y', tagged(['a']))).toMatchObject({
        outcome: 'applied',
        metadata: tagged(['a']),
      });
      expect((await backend.read(path(), call()))?.metadata).toEqual(tagged(['a']));
    });
  });

  it.each([
    ['TagResource', (backend: Backend) => write(backend, 2, 'two', { tags: [{ key: 'a', value: 'b' }] })],
    ['UpdateSecret', (backend: Backend) => write(backend, 2, 'two', { description: 'd', tags: [] })],
    [
      'DeleteSecret',
      (backend: Backend) => backend.apply({ kind: 'delete', path: path() }, { fence: fence(2), ...call() }),
    ],
  ])('a denied %s after the version is no refusal, for the secret has changed', async (missing, change) => {
    const service = await policed(NINE_PERMISSIONS.filter((action) => action !== missing));
    const backend = opened(service);
    await write(backend, 1, 'one');
    expect(await refusal(change(backend))).toMatchObject({ code: 'unavailable', details: { refused: 'denied' } });
    expect(await textOf(backend)).not.toBe('one');
    const permitted = opened(await policed(NINE_PERMISSIONS));
    expect((await change(permitted)).outcome).toBe('applied');
  });

  describe('read-only', () => {
    it('needs GetSecretValue and ListSecrets alone', async () => {
      await write(opened(await atomicService()), 1, 'x', { description: 'd', tags: [{ key: 'a', value: 'b' }] });
      const gone = path('GONE');
      const writer = opened(await atomicService());
      await write(writer, 2, 'x', { tags: [] }, gone);
      await writer.apply({ kind: 'delete', path: gone }, { fence: fence(3), ...call() });
      await externalClient.create({ tags: { prefix, namespace: 'company.team', key: 'OUTSIDE' }, value: 'y' });
      const service = await policed(READING_PERMISSIONS);
      const reader = opened(service, { readOnly: true });
      await reader.check(call());
      expect(await reader.read(path(), call())).toMatchObject({
        metadata: { description: 'd', tags: [{ key: 'a', value: 'b' }] },
        fence: fence(1),
      });
      expect(await textOf(reader, path('OUTSIDE'))).toBe('y');
      expect(await textOf(reader, gone)).toBeUndefined();
      expect(await textOf(reader, path('NEVER'))).toBeUndefined();
      const keys: string[] = [];
      for await (const page of reader.list({ tenant: 'main' }, call()))
        keys.push(...page.map((entry) => entry.path.key));
      expect(keys.sort()).toEqual(['KEY', 'OUTSIDE']);
      expect(new Set(service.actions)).toEqual(new Set(READING_PERMISSIONS));
    });
  });

  describe('lists', () => {
    it('go on behind an empty page that has a token', async () => {
      const service = await atomicService();
      const backend = opened(service);
      await write(backend, 1, 'x');
      once(service, 'ListSecrets', () => ({ status: 200, body: JSON.stringify({ SecretList: [], NextToken: '0' }) }));
      const keys: string[] = [];
      for await (const page of backend.list({ tenant: 'main' }, call()))
        keys.push(...page.map((entry) => entry.path.key));
      expect(keys).toEqual(['KEY']);
    });
  });
});
