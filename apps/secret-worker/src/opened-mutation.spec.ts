import { KeyRing } from '@coffer/crypto';
import { MessageSealer, type MutationDelivery, type MutationPayload, type MutationRecord } from '@coffer/messaging';
import { SecretPath, SecretValue } from '@coffer/secrets';
import { openMutation } from './opened-mutation.js';

const path = SecretPath.of('main', 'company.team', 'API_KEY');
const operation = '0198c0de-0000-7000-8000-000000000001';
const payload: MutationPayload = { kind: 'put', value: 'v', tags: [] };

describe('openMutation', () => {
  let sealer: MessageSealer;
  beforeAll(async () => {
    const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
    sealer = new MessageSealer(await KeyRing.derive([{ id: 'k', secret, active: true }]));
  });

  const delivered = (changes: Partial<Record<keyof MutationRecord, unknown>>): MutationDelivery => {
    const body = sealer.sealMutation(path, operation, payload);
    const record = { schema: 1, operation, kind: 'put', path: path.toString(), fingerprint: '', body, ...changes };
    return { partition: 0, offset: 0n, timestamp: 0, record: record as MutationRecord };
  };

  it('opens what was sealed for it', () => {
    expect(openMutation(sealer, delivered({}))).toEqual({ path, payload });
  });

  it.each([
    ['a newer schema', { schema: 2 }, 'corrupt'],
    ['another kind than it was sealed with', { kind: 'delete' }, 'corrupt'],
    ['another operation', { operation: '0198c0de-0000-7000-8000-000000000002' }, 'corrupt'],
    ['another path', { path: 'main/company/API_KEY' }, 'corrupt'],
    ['no path', { path: 'API_KEY' }, 'invalid'],
    ['no envelope', { body: Buffer.from('rubbish') }, 'corrupt'],
  ])('is poison: %s', (_, changes, poison) => {
    expect(openMutation(sealer, delivered(changes))).toEqual({ poison });
  });
});
