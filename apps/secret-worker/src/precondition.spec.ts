import { openMemoryBackend } from '@coffer/backend-memory';
import type { Backend, StoreMutation } from '@coffer/backend-contract';
import { CofferError, fenceOf, SecretPath, SecretValue, type Precondition } from '@coffer/secrets';
import { judge as judgeMutation, READ_LAG_MS, type PreconditionOptions } from './precondition.js';

const path = SecretPath.of('main', 'company', 'key');
const signal = new AbortController().signal;
const PUT: StoreMutation = { kind: 'put', path, value: new SecretValue('v'), metadata: { tags: [] } };
const DELETE: StoreMutation = { kind: 'delete', path };
const FAILED = { kind: 'refused', code: 'precondition-failed', retryable: false };

let store: Backend;
let version: string;
const thrown: unknown[] = [];
beforeEach(async () => {
  thrown.length = 0;
  store = openMemoryBackend();
  await store.apply(PUT, { fence: fenceOf(1, 5n), signal });
  version = (await store.read(path, { signal }))?.version ?? '';
});

const judged = (
  mutation: StoreMutation,
  offset = 6n,
  more: Partial<PreconditionOptions> = {},
  backend: Pick<Backend, 'read' | 'capabilities'> = store,
) =>
  judgeMutation(
    backend,
    mutation,
    { fence: fenceOf(1, offset) },
    {
      ...{ now: () => 0, timeoutMs: 1_000, latest: { of: () => undefined }, unresolved: false },
      failed: (error) => thrown.push(error),
      ...more,
    },
  );

/** The refusal, if there is one. */
const judge = async (...call: Parameters<typeof judged>) => {
  const result = await judged(...call);
  return 'refusal' in result ? result.refusal : undefined;
};

const holds = async (precondition: Precondition): Promise<boolean> => {
  const results = await Promise.all([PUT, DELETE].map((mutation) => judge({ ...mutation, precondition })));
  expect(results[1]).toEqual(results[0]);
  if (results[0] !== undefined) expect(results[0]).toEqual(FAILED);
  return results[0] === undefined;
};

it('judges by what the store holds', async () => {
  expect(await judge(PUT)).toBeUndefined();
  expect(await holds('present')).toBe(true);
  expect(await holds('absent')).toBe(false);
  expect(await holds({ versions: ['other', version] })).toBe(true);
  expect(await holds({ versions: ['other'] })).toBe(false);
  expect(await holds({ versions: [] })).toBe(false);
  expect(await holds({ revision: 1 })).toBe(true);
  expect(await holds({ revision: 0 })).toBe(false);
  expect(await holds({ revision: 2 })).toBe(false);
  await store.apply(DELETE, { fence: fenceOf(1, 6n), signal });
  expect(await holds('absent')).toBe(true);
  expect(await holds('present')).toBe(false);
  expect(await holds({ versions: [version] })).toBe(false);
  expect(await holds({ revision: 0 })).toBe(true);
  expect(await holds({ revision: 1 })).toBe(false);
  expect(await holds({ revision: 2 })).toBe(false);
});

it('leaves a fence that the store holds, or a lower one, to the store', async () => {
  expect(await judge({ ...PUT, precondition: 'absent' }, 5n)).toBeUndefined();
  expect(await judge({ ...PUT, precondition: { versions: ['older'] } }, 4n)).toBeUndefined();
});

it('takes a deletion for its own where an earlier call may have made it', async () => {
  await store.apply(DELETE, { fence: fenceOf(1, 6n), signal });
  const mutation = { ...DELETE, precondition: { versions: [version] } };
  expect(await judge(mutation)).toEqual(FAILED);
  expect(await judge(mutation, 6n, { unresolved: true })).toBeUndefined();
});

it('a store that does not answer has refused nothing for good, and one that refuses to be read has', async () => {
  const failing = (error: Error) => ({
    capabilities: store.capabilities,
    read: () => Promise.reject(error),
  });
  const conditional: StoreMutation = { ...PUT, precondition: 'present' };
  const after = (error: Error) => judge(conditional, 6n, {}, failing(error));
  expect(await after(new CofferError('timeout', ''))).toEqual({ kind: 'refused', code: 'timeout', retryable: true });
  expect(await after(new CofferError('denied', ''))).toEqual({ kind: 'refused', code: 'denied', retryable: false });
  expect(await after(new Error('x'))).toEqual({ kind: 'refused', code: 'internal', retryable: true });
  expect(thrown).toHaveLength(3);
});

it('an answer that took longer than the store may be asked after counts for nothing', async () => {
  let now = 0;
  const slow: Pick<Backend, 'read' | 'capabilities'> = {
    capabilities: store.capabilities,
    read: (...call) => ((now += 1_001), store.read(...call)),
  };
  const result = judge({ ...PUT, precondition: 'present' }, 6n, { now: () => now }, slow);
  expect(await result).toEqual({ kind: 'refused', code: 'timeout', retryable: true });
});

it('waits for a store whose reads lag until it shows the latest write, or cannot lag any more', async () => {
  const lagging = { capabilities: { ...store.capabilities, strongReads: false }, read: store.read.bind(store) };
  const latest = { of: () => ({ fence: fenceOf(1, 6n), deleted: false, timestamp: 0 }) };
  const stale: StoreMutation = { ...PUT, precondition: { versions: [version] } };
  const at = (now: number) => judge(stale, 7n, { latest, now: () => now }, lagging);
  expect(await at(READ_LAG_MS - 1)).toEqual({ kind: 'refused', code: 'unavailable', retryable: true });
  expect(await at(READ_LAG_MS)).toBeUndefined();
  await store.apply(PUT, { fence: fenceOf(1, 6n), signal });
  expect(await at(0)).toEqual(FAILED);
});

describe('a put that keeps metadata', () => {
  const metadata = { description: 'd', tags: [{ key: 'a', value: 'b' }] };
  const KEEPING: StoreMutation = { ...PUT, keepsMetadata: true };

  it('has that of the secret that is there, and its own where there is none', async () => {
    await store.apply({ ...PUT, metadata }, { fence: fenceOf(1, 6n), signal });
    expect(await judged(KEEPING, 7n)).toEqual({ mutation: { ...PUT, metadata } });
    await store.apply(DELETE, { fence: fenceOf(1, 7n), signal });
    const described = { ...KEEPING, metadata: { description: 'new', tags: [] } };
    expect(await judged(described, 8n)).toEqual({ mutation: { ...PUT, metadata: described.metadata } });
  });

  it('has a precondition as any other', async () => {
    expect(await judge({ ...KEEPING, precondition: 'absent' })).toEqual(FAILED);
    expect(await judge({ ...KEEPING, precondition: { versions: [version] } })).toBeUndefined();
  });

  it('waits for a store that does not answer, or whose reads lag', async () => {
    const failing = { capabilities: store.capabilities, read: () => Promise.reject(new CofferError('timeout', '')) };
    expect(await judge(KEEPING, 6n, {}, failing)).toEqual({ kind: 'refused', code: 'timeout', retryable: true });
    const lagging = { capabilities: { ...store.capabilities, strongReads: false }, read: store.read.bind(store) };
    const latest = { of: () => ({ fence: fenceOf(1, 6n), deleted: false, timestamp: 0 }) };
    const lagged = await judge(KEEPING, 7n, { latest, now: () => 1 }, lagging);
    expect(lagged).toEqual({ kind: 'refused', code: 'unavailable', retryable: true });
  });
});
