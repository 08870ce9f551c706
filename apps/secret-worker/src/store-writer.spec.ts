import { FaultyBackend } from '@coffer/backend-conformance';
import { openMemoryBackend } from '@coffer/backend-memory';
import { KeyRing } from '@coffer/crypto';
import { MessageSealer, type MutationPayload } from '@coffer/messaging';
import { CofferError, fenceOf, SecretPath, SecretValue, STORE_ERROR_CODES } from '@coffer/secrets';
import { applyToStore, resultOfError, type Attempt } from './store-writer.js';

const path = SecretPath.of('main', 'company', 'key');
const PUT: MutationPayload = { kind: 'put', value: 'v', description: 'd', tags: [{ key: 'a', value: 'b' }] };

const attempt = (offset: bigint, payload: MutationPayload = PUT, isOffsetOf = true): Attempt => ({
  path,
  payload,
  operation: `operation ${offset}`,
  fence: fenceOf(1, offset),
  isOffsetOf: () => Promise.resolve(isOffsetOf),
});

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

describe('an attempt at the store', () => {
  let sealer: MessageSealer;
  let store: FaultyBackend;
  beforeEach(async () => {
    thrown.length = 0;
    const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
    sealer = new MessageSealer(await KeyRing.derive([{ id: 'k', secret, active: true }]));
    store = new FaultyBackend(openMemoryBackend());
  });
  const thrown: unknown[] = [];
  const apply = (what: Attempt) => applyToStore(store, what, sealer, (error) => thrown.push(error));

  it('tells what the store holds after it, sealed for this path and operation', async () => {
    const result = await apply(attempt(1n));
    if (result.kind !== 'applied') throw new Error(`the attempt was ${result.kind}`);
    expect(sealer.openOutcome(path, 'operation 1', result.sealed)).toMatchObject({
      description: 'd',
      tags: [{ key: 'a', value: 'b' }],
    });
    expect(() => sealer.openOutcome(path, 'operation 2', result.sealed)).toThrow();
  });

  it('leaves out what a patch does not name, and clears what it names', async () => {
    await apply(attempt(1n));
    const patched = await apply(attempt(2n, { kind: 'patch', tags: [] }));
    if (patched.kind !== 'applied') throw new Error(`the attempt was ${patched.kind}`);
    const outcome = sealer.openOutcome(path, 'operation 2', patched.sealed);
    expect([outcome.description, outcome.tags]).toEqual(['d', []]);
  });

  it('is superseded by a higher fence that the queue gave to a mutation of the path', async () => {
    await apply(attempt(5n));
    expect(await apply(attempt(4n, PUT, true))).toEqual({ kind: 'superseded' });
    expect((await apply(attempt(5n))).kind).toBe('applied');
  });

  it('finds a fence ahead that the queue did not give to a mutation of the path', async () => {
    await apply(attempt(5n));
    expect(await apply(attempt(4n, PUT, false))).toEqual({ kind: 'fence-ahead', storedFence: fenceOf(1, 5n) });
  });

  it('refuses nothing once the store has answered', async () => {
    await apply(attempt(5n));
    const isOffsetOf = (): Promise<boolean> => Promise.reject(new CofferError('denied', 'the broker refuses to say'));
    expect(await apply({ ...attempt(4n), isOffsetOf })).toEqual({ kind: 'unknown' });
  });

  it('deletes what is absent, and patches nothing that is absent', async () => {
    expect((await apply(attempt(1n, { kind: 'delete' }))).kind).toBe('applied');
    expect(await apply(attempt(2n, { kind: 'patch', description: 'd' }))).toEqual({
      kind: 'refused',
      code: 'not-found',
      retryable: false,
    });
  });

  it('tells the log what the store threw, and only that', async () => {
    await apply(attempt(1n));
    expect(thrown).toEqual([]);
    await apply(attempt(2n, { kind: 'delete' }));
    await apply(attempt(3n, { kind: 'patch', description: 'd' }));
    expect(thrown).toEqual([expect.objectContaining({ code: 'not-found' })]);
  });
});
