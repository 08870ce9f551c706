import { KeyRing } from '@coffer/crypto';
import { SecretPath, SecretValue, type Mutation } from '@coffer/secrets';
import { operationIdentities } from './operation-id.js';

const put = (change: { value?: string; key?: string; description?: string; tag?: string } = {}): Mutation => ({
  kind: 'put',
  path: SecretPath.of('main', 'company', change.key ?? 'KEY'),
  value: new SecretValue(change.value ?? 'hunter2'),
  metadata: {
    ...(change.description === undefined ? {} : { description: change.description }),
    tags: [{ key: 'a', value: change.tag ?? 'b' }],
  },
});
const ringOf = (active: string, ...ids: string[]): Promise<KeyRing> =>
  KeyRing.derive(
    ids.map((id) => ({
      id,
      secret: new SecretValue(Buffer.alloc(32, id).toString('base64')),
      active: id === active,
    })),
  );

describe('operationIdentities', () => {
  let ring: KeyRing;
  beforeAll(async () => {
    ring = await ringOf('k2', 'k2', 'k1', 'k3');
  });

  it('are one new UUIDv7 without an idempotency key', () => {
    const all = Array.from({ length: 20 }, () => operationIdentities(ring, put(), { principal: 'alice' }));
    expect(all.every(({ length }) => length === 1)).toBe(true);
    const ids = all.map(([{ operation }]) => operation);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(20);
    expect(new Set(all.map(([{ fingerprint }]) => fingerprint)).size).toBe(1);
  });

  it('are a UUIDv8 for each key of the ring, the same for the same request whichever is active', async () => {
    const options = { principal: 'alice', idempotencyKey: 'once' };
    const identities = operationIdentities(ring, put(), options);
    expect(identities).toHaveLength(3);
    for (const { operation, fingerprint } of identities) {
      expect(operation).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(new Set(identities.map(({ operation }) => operation)).size).toBe(3);
    expect(operationIdentities(await ringOf('k3', 'k1', 'k2', 'k3'), put(), options)).toEqual(identities);
    for (const [index, id] of ['k1', 'k2', 'k3'].entries()) {
      expect(operationIdentities(await ringOf(id, id), put(), options)).toEqual([identities[index]]);
    }
  });

  it('are the same in every version of Coffer, so that gateways may be replaced one after the other', async () => {
    const [identity] = operationIdentities(await ringOf('k1', 'k1'), put(), {
      principal: 'alice',
      idempotencyKey: 'once',
    });
    expect(identity).toEqual({
      operation: '72218f3b-5f1a-8aa0-bdc3-2fc9bf91292b',
      fingerprint: '7121d94daad039e974acbb3a65e51cc680975a7e5ed3ca80214f022098805f78',
    });
  });

  it('have an id of 122 bits that depend on the request', () => {
    const ids = Array.from({ length: 200 }, (_, count) => {
      const [{ operation }] = operationIdentities(ring, put(), { principal: 'alice', idempotencyKey: `key ${count}` });
      return BigInt(`0x${operation.replaceAll('-', '')}`);
    });
    const fixed = ids.reduce((all, id) => all & ~(id ^ (ids[0] ?? 0n)), 2n ** 128n - 1n);
    expect(fixed.toString(2).replaceAll('0', '')).toHaveLength(6);
  });

  it('differ by caller, path and idempotency key, not by what is written', () => {
    const idOf = (mutation: Mutation, principal: string, idempotencyKey: string): string =>
      operationIdentities(ring, mutation, { principal, idempotencyKey })[0].operation;
    const same = idOf(put(), 'alice', 'once');
    expect(idOf(put({ value: 'other', description: 'x' }), 'alice', 'once')).toBe(same);
    const others = [
      idOf(put(), 'bob', 'once'),
      idOf(put({ key: 'OTHER' }), 'alice', 'once'),
      idOf(put(), 'alice', 'twice'),
      idOf(put(), 'aliceonce', ''),
    ];
    expect(new Set([same, ...others]).size).toBe(5);
  });

  it('have a fingerprint of all that is asked, and of nothing else', () => {
    const of = (mutation: Mutation, principal = 'alice', idempotencyKey = 'once'): string =>
      operationIdentities(ring, mutation, { principal, idempotencyKey })[0].fingerprint;
    expect([of(put(), 'bob'), of(put(), 'alice', 'twice')]).toEqual([of(put()), of(put())]);
    expect(operationIdentities(ring, put(), { principal: 'alice' })[0].fingerprint).toBe(of(put()));
    const { path } = put();
    const different = [
      put(),
      put({ value: 'other' }),
      put({ key: 'OTHER' }),
      put({ description: '' }),
      put({ description: 'x' }),
      put({ tag: 'c' }),
      { kind: 'patch', path, metadata: {} },
      { kind: 'patch', path, metadata: { tags: [] } },
      { kind: 'delete', path },
      { kind: 'drop', path },
    ] as const;
    expect(new Set(different.map((mutation) => of(mutation))).size).toBe(different.length);
  });
});
