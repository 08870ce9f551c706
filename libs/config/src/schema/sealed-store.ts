import type { SecretValue } from '@coffer/secrets';
import type { z } from 'zod';
import type { Step } from '../key-case.js';
import type { LoadContext } from '../load-context.js';
import { readEncryptionKeys, type EncryptionKey, type encryptionKeys } from './encryption-keys.js';

/** A store whose values Coffer seals itself: its keys in place of the settings that name them. */
export type SealedBy<Store, Other extends keyof Store> = Omit<Store, 'secret' | 'sealingKeys' | Other> & {
  /** The `secret` of the section, under the store's type as id, and its `sealingKeys`; exactly one is active. */
  readonly keys: readonly EncryptionKey[];
};

interface SealedSettings {
  readonly secret?: SecretValue | undefined;
  readonly sealingKeys?: z.output<typeof encryptionKeys> | undefined;
}

/** The section's keys; `id` is the one of its `secret`. Adds errors. */
export const readStoreKeys = (
  id: string,
  { secret, sealingKeys: keys }: SealedSettings,
  path: readonly Step[],
  context: LoadContext,
): EncryptionKey[] => {
  const place = [...path, 'sealingKeys'];
  if (secret !== undefined) return readEncryptionKeys(keys ?? [], place, context, { id, secret });
  if (keys !== undefined) return readEncryptionKeys(keys, place, context);
  context.errors.add([...path, 'secret'], 'is missing');
  return [];
};
