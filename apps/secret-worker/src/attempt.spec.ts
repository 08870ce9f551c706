import { openMemoryBackend } from '@coffer/backend-memory';
import { KeyRing } from '@coffer/crypto';
import {
  MAX_AHEAD_MS,
  MAX_DELAY_MS,
  MessageSealer,
  partitionOf,
  plaintextOf,
  type Delivery,
  type SealedMutation,
} from '@coffer/messaging';
import { SecretPath, SecretValue, type Mutation } from '@coffer/secrets';
import { openAttempt } from './attempt.js';

const path = SecretPath.of('main', 'company.team', 'API_KEY');
const operation = '0198c0de-0000-7000-8000-000000000001';
const mutation: Mutation = { kind: 'put', path, value: new SecretValue('v'), metadata: { tags: [] } };
const PARTITIONS = 12;
const partition = partitionOf(path.toString(), PARTITIONS);
const sentAt = 1_700_000_000_000;
const stores = { of: () => ({ name: 'default', backend: openMemoryBackend() }), onBreaker: () => undefined };

describe('openAttempt', () => {
  let sealer: MessageSealer;
  beforeAll(async () => {
    const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
    sealer = new MessageSealer(await KeyRing.derive([{ id: 'k', secret, active: true }]));
  });

  const delivered = (
    changes: Partial<Record<keyof SealedMutation, unknown>>,
    place: Partial<Delivery> = {},
  ): Delivery => {
    const sealed = sealer.sealMutation(mutation, { operation, fingerprint: 'f', partition, sentAt });
    return {
      ...{ partition, offset: 5n, timestamp: sentAt },
      mutation: { ...sealed, ...changes } as SealedMutation,
      ...place,
    };
  };
  const openDelivery = (delivery: Delivery) => openAttempt(delivery, PARTITIONS, { sealer, stores, generation: 2 });
  const open = (...delivery: Parameters<typeof delivered>) => openDelivery(delivered(...delivery));
  const textOf = ({ mutation: opened }: ReturnType<typeof open>) => opened && plaintextOf(opened);

  it('opens what was sealed for it, at the latest moment too', () => {
    const attempt = open({});
    expect(attempt).toMatchObject({
      ...{ offset: 5n, fence: (2n << 48n) | 5n, path: path.toString(), operation, kind: 'put', fingerprint: 'f' },
      ...{ manager: 'default', repeats: false },
    });
    expect(attempt.mutation?.path.equals(path)).toBe(true);
    expect(textOf(attempt)).toBe(plaintextOf(mutation));
    expect(attempt.poison).toBeUndefined();
    for (const timestamp of [sentAt + MAX_DELAY_MS, sentAt - MAX_AHEAD_MS]) {
      expect(textOf(open({}, { timestamp }))).toBe(plaintextOf(mutation));
    }
    expect(open({}, { repeats: true })).toMatchObject({ repeats: true });
  });

  it('knows a copy by its seal, and two mutations of one operation apart', () => {
    const delivery = delivered({});
    const seals = [delivery, { ...delivery, offset: 9n }, delivered({})].map((each) => openDelivery(each).seal);
    expect(seals[0]).toMatch(/^[\w-]{22}$/);
    expect(seals[0]).toBe(seals[1]);
    expect(seals[0]).not.toBe(seals[2]);
  });

  const poisoned = (attempt: ReturnType<typeof open>) => {
    const { poison, path: claimed, mutation: opened, seal } = attempt;
    return { poison, claimed, opened, seal };
  };
  const none = { opened: undefined, seal: undefined };

  it.each([
    ['a newer schema', { schema: 2 }, 'corrupt'],
    ['another kind than it was sealed with', { kind: 'delete' }, 'corrupt'],
    ['another operation', { operation: '0198c0de-0000-7000-8000-000000000002' }, 'corrupt'],
    ['another time', { sentAt: sentAt + 1 }, 'corrupt'],
    ['no envelope', { body: Buffer.from('rubbish') }, 'corrupt'],
  ])('is poison: %s', (_, changes, poison) => {
    expect(poisoned(open(changes))).toEqual({ poison, claimed: path.toString(), ...none });
  });

  it.each(['API_KEY', 'main/company/API_KEY', 'main/company.team/%41PI_KEY'])('is poison under the path %s', (text) => {
    for (let number = 0; number < PARTITIONS; number += 1) {
      const attempt = open({ path: text }, { partition: number });
      expect([typeof attempt.poison, attempt.mutation]).toEqual(['string', undefined]);
    }
  });

  it('is poison in every other partition, where it claims no path of a mutation there', () => {
    for (let other = 0; other < PARTITIONS; other += 1) {
      if (other === partition) continue;
      const claimed = `coffer.secret.mutations-${other}-7`;
      expect(poisoned(open({}, { partition: other, offset: 7n }))).toEqual({ poison: 'corrupt', claimed, ...none });
    }
  });

  it.each([
    ['appended too long after it was sealed', sentAt + MAX_DELAY_MS + 1],
    ['sealed after it was appended', sentAt - MAX_AHEAD_MS - 1],
  ])('is stale when it was %s', (_, timestamp) => {
    expect(poisoned(open({}, { timestamp }))).toEqual({ poison: 'stale', claimed: path.toString(), ...none });
  });
});
