import type { SecretValue } from '@coffer/secrets';
import { z } from 'zod';
import type { Step } from '../key-case.js';
import type { LoadContext } from '../load-context.js';
import { rootSecret } from './root-secret.js';
import { flag, plainName, text } from './scalars.js';

/** A list of keys, of which one seals and the others open. */
export const encryptionKeys = z.array(
  z.strictObject({
    id: plainName.describe('Kept in clear with what the key sealed.'),
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
);

export interface EncryptionKey {
  readonly id: string;
  /** At least 32 characters, but for the `secret` of a database, which Kestra takes shorter. */
  readonly secret: SecretValue;
  readonly active: boolean;
}

type KeySettings = z.output<typeof encryptionKeys>[number];

/**
 * The keys with the secrets of their files. Their ids are distinct, and exactly one key is active: the first one where
 * `fallback` is given and no key says that it is. Adds errors.
 */
export const readEncryptionKeys = (
  settings: readonly KeySettings[],
  path: readonly Step[],
  context: LoadContext,
  fallback?: Omit<EncryptionKey, 'active'>,
): EncryptionKey[] => {
  const { errors } = context;
  const ids = settings.map(({ id }) => id);
  ids.forEach((id, index) => {
    if (ids.indexOf(id) !== index) errors.add([...path, index, 'id'], 'is the id of a key before it');
    if (id === fallback?.id) errors.add([...path, index, 'id'], 'is the id of the key that `secret` beside it is');
  });
  const alone = fallback === undefined && settings.length === 1;
  const keys = settings.flatMap((key, index): EncryptionKey[] => {
    const secret = secretOf(key, [...path, index], context);
    return secret === undefined ? [] : [{ id: key.id, secret, active: key.active ?? alone }];
  });
  const active = settings.filter((key) => key.active ?? alone).length;
  if (fallback !== undefined && active === 0) return [{ ...fallback, active: true }, ...keys];
  if (active !== 1) errors.add(path, `must have exactly one active key; ${active} are active`);
  return fallback === undefined ? keys : [{ ...fallback, active: false }, ...keys];
};

const secretOf = (
  { secret, file }: KeySettings,
  path: readonly Step[],
  context: LoadContext,
): SecretValue | undefined => {
  const { errors } = context;
  if ((secret === undefined) === (file === undefined)) {
    errors.add(path, 'needs either secret or file');
    return undefined;
  }
  if (file === undefined) return secret;
  const read = context.readFile(file, [...path, 'file']);
  if (read === undefined) return undefined;
  const found = rootSecret.safeParse(read);
  if (found.success) return found.data;
  errors.add([...path, 'file'], `names a file that holds a secret which ${found.error.issues[0]?.message ?? ''}`);
  return undefined;
};
