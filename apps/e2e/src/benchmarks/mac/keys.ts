import { randomBytes } from 'node:crypto';
import { KeyRing } from '@coffer/crypto';
import type { SigningKeys } from '@coffer/messaging';
import { SecretValue } from '@coffer/secrets';

/** A key ring as every process has it. */
export const realKeys = (): Promise<KeyRing> =>
  KeyRing.derive([{ id: '2026-11', secret: new SecretValue(randomBytes(32).toString('base64')), active: true }]);

/** The same frame around each record, and no MAC computed: what everything costs without it. */
export const NO_MAC: SigningKeys = {
  activeId: '2026-11',
  onChange: () => () => undefined,
  ids: ['2026-11'],
  sign: () => Buffer.alloc(32),
  verifies: () => true,
};
