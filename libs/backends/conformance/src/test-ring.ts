import { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';

/** 32 bytes as base64: needs no stretching. */
export const TEST_KEY = Buffer.alloc(32, 7).toString('base64');

export const testRing = (): Promise<KeyRing> =>
  KeyRing.derive([{ id: 'test', secret: new SecretValue(TEST_KEY), active: true }]);
