import { z } from 'zod';
import type { LoadContext } from '../load-context.js';
import { at } from '../tree.js';
import { encryptionKeys, readEncryptionKeys, type EncryptionKey } from './encryption-keys.js';

export type { EncryptionKey };

/** `coffer.encryption`: what seals everything that goes through Kafka and Redis, and the embedded database. */
export const encryption = z.strictObject({ keys: encryptionKeys });

/** Ids are distinct, and exactly one key is active. */
export interface EncryptionConfiguration {
  readonly keys: readonly EncryptionKey[];
}

/** Adds errors; `undefined` where nothing is configured. */
export const resolveEncryption = (context: LoadContext): EncryptionConfiguration | undefined => {
  const given = at(context.tree, ['coffer', 'encryption']);
  if (given === undefined) return undefined;
  const settings = context.errors.check(encryption, given, ['coffer', 'encryption']);
  return settings && { keys: readEncryptionKeys(settings.keys, ['coffer', 'encryption', 'keys'], context) };
};
