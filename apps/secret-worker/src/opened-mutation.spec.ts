import { KeyRing } from '@coffer/crypto';
import {
  MAX_AHEAD_MS,
  MAX_DELAY_MS,
  MessageSealer,
  partitionOf,
  type MutationDelivery,
  type MutationPayload,
  type MutationRecord,
} from '@coffer/messaging';
import { SecretPath, SecretValue } from '@coffer/secrets';
import { openMutation } from './opened-mutation.js';

const path = SecretPath.of('main', 'company.team', 'API_KEY');
const operation = '0198c0de-0000-7000-8000-000000000001';
const payload: MutationPayload = { kind: 'put', value: 'v', tags: [] };
const PARTITIONS = 12;
const partition = partitionOf(path.toString(), PARTITIONS);
const sentAt = 1_700_000_000_000;

describe('openMutation', () => {
  let sealer: MessageSealer;
  beforeAll(async () => {
    const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
    sealer = new MessageSealer(await KeyRing.derive([{ id: 'k', secret, active: true }]));
  });

  const delivered = (
    changes: Partial<Record<keyof MutationRecord, unknown>>,
    place: Partial<MutationDelivery> = {},
  ): MutationDelivery => {
    const body = sealer.sealMutation({ path, operation, partition, sentAt }, payload);
    const sealed = { schema: 1, operation, kind: 'put', path: path.toString(), fingerprint: '', sentAt, body };
    return { partition, offset: 0n, timestamp: sentAt, record: { ...sealed, ...changes } as MutationRecord, ...place };
  };
  const open = (...delivery: Parameters<typeof delivered>) => openMutation(sealer, delivered(...delivery), PARTITIONS);

  it('opens what was sealed for it, at the latest moment too', () => {
    expect(open({})).toMatchObject({ path, payload });
    expect(open({}, { timestamp: sentAt + MAX_DELAY_MS })).toMatchObject({ payload });
    expect(open({}, { timestamp: sentAt - MAX_AHEAD_MS })).toMatchObject({ payload });
  });

  it('knows a copy by its seal, and two mutations of one operation apart', () => {
    const delivery = delivered({});
    const sealOf = (opened: ReturnType<typeof openMutation>) => ('seal' in opened ? opened.seal : undefined);
    const seals = [delivery, { ...delivery, offset: 9n }, delivered({})].map((each) =>
      sealOf(openMutation(sealer, each, PARTITIONS)),
    );
    expect(seals[0]).toBe(seals[1]);
    expect(seals[0]).not.toBe(seals[2]);
  });

  it.each([
    ['a newer schema', { schema: 2 }, 'corrupt'],
    ['another kind than it was sealed with', { kind: 'delete' }, 'corrupt'],
    ['another operation', { operation: '0198c0de-0000-7000-8000-000000000002' }, 'corrupt'],
    ['another time', { sentAt: sentAt + 1 }, 'corrupt'],
    ['no envelope', { body: Buffer.from('rubbish') }, 'corrupt'],
  ])('is poison: %s', (_, changes, poison) => {
    expect(open(changes)).toEqual({ poison, claimed: path.toString() });
  });

  it.each(['API_KEY', 'main/company/API_KEY', 'main/company.team/%41PI_KEY'])('is poison under the path %s', (text) => {
    for (let number = 0; number < PARTITIONS; number += 1) {
      const opened = open({ path: text }, { partition: number });
      expect('poison' in opened).toBe(true);
    }
  });

  it('is poison in every other partition, where it claims no path of a mutation there', () => {
    for (let other = 0; other < PARTITIONS; other += 1) {
      if (other === partition) continue;
      const claimed = `coffer.secret.mutations-${other}-7`;
      expect(open({}, { partition: other, offset: 7n })).toEqual({ poison: 'corrupt', claimed });
    }
  });

  it.each([
    ['appended too long after it was sealed', sentAt + MAX_DELAY_MS + 1],
    ['sealed after it was appended', sentAt - MAX_AHEAD_MS - 1],
  ])('is stale when it was %s', (_, timestamp) => {
    expect(open({}, { timestamp })).toEqual({ poison: 'stale', claimed: path.toString() });
  });
});
