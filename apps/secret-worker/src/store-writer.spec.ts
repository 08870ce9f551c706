import { FaultyBackend } from '@coffer/backend-conformance';
import { openMemoryBackend } from '@coffer/backend-memory';
import { KeyRing } from '@coffer/crypto';
import { MessageSealer } from '@coffer/messaging';
import type { StoreMutation } from '@coffer/backend-contract';
import { CofferError, fenceOf, SecretPath, SecretValue, STORE_ERROR_CODES } from '@coffer/secrets';
import { callStore, resultOfError } from './store-writer.js';

const path = SecretPath.of('main', 'company', 'key');
const metadata = { description: 'd', tags: [{ key: 'a', value: 'b' }] };
const PUT: StoreMutation = { kind: 'put', path, value: new SecretValue('v'), metadata };
const DELETE: StoreMutation = { kind: 'delete', path };

describe('what an error of the store says about an attempt', () => {
  it.each(['timeout', 'unavailable', 'internal'] as const)('%s: it may land later', (code) => {
    expect(resultOfError(new CofferError(code, ''))).toEqual({ kind: 'unknown' });
    expect(resultOfError(new CofferError(code, '', { reached: true }))).toEqual({ kind: 'unknown' });
  });

  it.each(['timeout', 'unavailable'] as const)('%s that never reached the store: it will not', (code) => {
    const result = resultOfError(new CofferError(code, '', { reached: false }));
    expect(result).toEqual({ kind: 'refused', code, retryable: true });
  });

  it('an error that is not ours says nothing', () => {
    for (const error of [new Error('x'), 'x', undefined]) expect(resultOfError(error)).toEqual({ kind: 'unknown' });
  });

  const others = STORE_ERROR_CODES.filter((code) => !['timeout', 'unavailable', 'fence-ahead'].includes(code));
  it.each(others)('%s: refused, and tried again only when throttled', (code) => {
    const result = resultOfError(new CofferError(code, ''));
    expect(result).toEqual({ kind: 'refused', code, retryable: code === 'throttled' });
  });
});

describe('a call to the store', () => {
  let sealer: MessageSealer;
  let store: FaultyBackend;
  beforeEach(async () => {
    thrown.length = 0;
    const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
    sealer = new MessageSealer(await KeyRing.derive([{ id: 'k', secret, active: true }]));
    store = new FaultyBackend(openMemoryBackend());
  });
  const thrown: unknown[] = [];
  const call = (
    offset: bigint,
    mutation: StoreMutation = PUT,
    isOffsetOf = (): Promise<boolean> => Promise.resolve(true),
  ) => {
    const attempt = { operation: `operation ${offset}`, fence: fenceOf(1, offset), changed: 1_700_000_000_000 };
    return callStore(store, mutation, attempt, {
      ...{ sealer, isOffsetOf, unresolved: false, now: () => 0, timeoutMs: 1_000, latest: { of: () => undefined } },
      failed: (error) => thrown.push(error),
    });
  };

  it('tells what the store holds after it, sealed for this path and operation', async () => {
    const result = await call(1n);
    if (result.kind !== 'applied') throw new Error(`the attempt was ${result.kind}`);
    expect(sealer.openOutcome(path, 'operation 1', result.sealed)).toMatchObject({ metadata });
    expect(() => sealer.openOutcome(path, 'operation 2', result.sealed)).toThrow();
  });

  it('leaves out what a patch does not name, and clears what it names', async () => {
    await call(1n);
    const patched = await call(2n, { kind: 'patch', path, metadata: { tags: [] } });
    if (patched.kind !== 'applied') throw new Error(`the attempt was ${patched.kind}`);
    const outcome = sealer.openOutcome(path, 'operation 2', patched.sealed);
    expect(outcome.metadata).toEqual({ description: 'd', tags: [] });
  });

  it('gives a put what it keeps, and tells so', async () => {
    await call(1n);
    const keeping = { ...PUT, value: new SecretValue('w'), metadata: { tags: [] }, keepsMetadata: true } as const;
    const written = await call(2n, keeping);
    if (written.kind !== 'applied') throw new Error(`the attempt was ${written.kind}`);
    expect(sealer.openOutcome(path, 'operation 2', written.sealed)).toMatchObject({ metadata });
    const held = await store.read(path, { signal: new AbortController().signal });
    expect([held?.value.reveal(), held?.metadata]).toEqual(['w', metadata]);
  });

  it('is superseded by a higher fence that the queue gave to a mutation of the path', async () => {
    await call(5n);
    expect(await call(4n)).toEqual({ kind: 'superseded' });
    expect((await call(5n)).kind).toBe('applied');
  });

  it('finds a fence ahead that the queue did not give to a mutation of the path', async () => {
    await call(5n);
    const result = await call(4n, PUT, () => Promise.resolve(false));
    expect(result).toEqual({ kind: 'fence-ahead', storedFence: fenceOf(1, 5n) });
  });

  it('refuses nothing once the store has answered', async () => {
    await call(5n);
    const refuse = (): Promise<boolean> => Promise.reject(new CofferError('denied', 'the broker refuses to say'));
    expect(await call(4n, PUT, refuse)).toEqual({ kind: 'unknown' });
  });

  it('deletes what is absent, and patches nothing that is absent', async () => {
    expect((await call(1n, DELETE)).kind).toBe('applied');
    expect(await call(2n, { kind: 'patch', path, metadata: { description: 'd' } })).toEqual({
      kind: 'refused',
      code: 'not-found',
      retryable: false,
    });
  });

  it('asks the store to apply nothing whose precondition does not hold', async () => {
    await call(1n);
    expect(await call(2n, { ...PUT, value: new SecretValue('w'), precondition: 'absent' })).toEqual({
      kind: 'refused',
      code: 'precondition-failed',
      retryable: false,
    });
    const held = await store.read(path, { signal: new AbortController().signal });
    expect([held?.value.reveal(), held?.fence]).toEqual(['v', fenceOf(1, 1n)]);
    expect((await call(3n, { ...DELETE, precondition: 'present' })).kind).toBe('applied');
  });

  it('tells the log what the store threw, and only that', async () => {
    await call(1n);
    expect(thrown).toEqual([]);
    await call(2n, DELETE);
    await call(3n, { kind: 'patch', path, metadata: { description: 'd' } });
    expect(thrown).toEqual([expect.objectContaining({ code: 'not-found' })]);
  });
});
