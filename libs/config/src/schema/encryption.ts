import type { SecretValue } from '@coffer/secrets';
import { z } from 'zod';
import type { LoadContext } from '../load-context.js';
import { at } from '../tree.js';
import { rootSecret } from './root-secret.js';
import { flag, parsed, text } from './scalars.js';

const keyId = parsed('must have 1 to 64 letters, digits, ., _ and -', (value) =>
  /^[A-Za-z0-9._-]{1,64}$/.test(value.trim()) ? value.trim() : undefined,
);

/** `coffer.encryption`: what seals everything that goes through Kafka and Redis. */
export const encryption = z.strictObject({
  keys: z.array(
    z.strictObject({
      id: keyId.describe('Kept in clear with what the key sealed.'),
      secret: rootSecret.optional().describe('The secret itself, at least 32 characters; this or `file` is needed.'),
      /** Holds the secret, by the same rules as `secret`. */
      file: text
        .optional()
        .describe('Holds the secret, as `secret` would: blanks and line breaks around it are not part of it.'),
      /** New records are sealed with this key; the others only open. A lone key need not say so. */
      active: flag
        .optional()
        .describe('New records are sealed with this key, the others only open. A lone key need not say so.'),
    }),
    { error: 'must be a list' },
  ),
});

export interface EncryptionKey {
  readonly id: string;
  /** At least 32 characters. */
  readonly secret: SecretValue;
  readonly active: boolean;
}

/** Ids are distinct, and exactly one key is active. */
export interface EncryptionConfiguration {
  readonly keys: readonly EncryptionKey[];
}

const PATH = ['coffer', 'encryption', 'keys'];

/** Adds errors; `undefined` where nothing is configured. */
export const resolveEncryption = (context: LoadContext): EncryptionConfiguration | undefined => {
  const { errors } = context;
  const given = at(context.tree, ['coffer', 'encryption']);
  if (given === undefined) return undefined;
  const settings = errors.check(encryption, given, ['coffer', 'encryption']);
  if (settings === undefined) return undefined;

  const ids = settings.keys.map(({ id }) => id);
  ids.forEach((id, index) => {
    if (ids.indexOf(id) !== index) errors.add([...PATH, index, 'id'], 'is the id of a key before it');
  });
  const alone = settings.keys.length === 1;
  const keys = settings.keys.flatMap(({ id, secret, file, active }, index): EncryptionKey[] => {
    if ((secret === undefined) === (file === undefined)) {
      errors.add([...PATH, index], 'needs either secret or file');
      return [];
    }
    const found = secret ?? readSecret(file ?? '', index, context);
    return found === undefined ? [] : [{ id, secret: found, active: active ?? alone }];
  });
  const active = settings.keys.filter((key) => key.active ?? alone).length;
  if (active !== 1) errors.add(PATH, `must have exactly one active key; ${active} are active`);
  return { keys };
};

const readSecret = (file: string, index: number, context: LoadContext): SecretValue | undefined => {
  const path = [...PATH, index, 'file'];
  const read = context.readFile(file, path);
  if (read === undefined) return undefined;
  const secret = rootSecret.safeParse(read);
  if (secret.success) return secret.data;
  const reason = secret.error.issues[0]?.message ?? '';
  context.errors.add(path, `names a file that holds a secret which ${reason}`);
  return undefined;
};
