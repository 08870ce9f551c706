import { createHash, createSecretKey, scrypt, type KeyObject, type ScryptOptions } from 'node:crypto';
import { CofferError, type SecretValue } from '@coffer/secrets';
import { KEY_BYTES } from './aes-gcm.js';
import { lengthPrefixed } from './length-prefixed.js';

/** Characters. A shorter secret is accepted only where a deployment cannot choose it (Kestra's JDBC configuration). */
export const MIN_SECRET_LENGTH = 32;

const KEY_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** OWASP Password Storage, scrypt, first choice. Takes 128 · N · r = 128 MiB, which is above Node's default limit. */
const STRETCHING: ScryptOptions = { N: 2 ** 17, r: 8, p: 1, maxmem: 192 * 1024 * 1024 };
const SALT_CONSTANT = 'coffer/v1/root-key-salt';

export const isKeyId = (text: string): boolean => KEY_ID.test(text);

/** Throws `configuration` for a text that cannot name a key. */
export const parseKeyId = (text: string): string => {
  if (!isKeyId(text)) throw new CofferError('configuration', `invalid key id: it must match ${KEY_ID.source}`);
  return text;
};

/** 32 bytes in canonical, padded base64, as `openssl rand -base64 32` prints them; undefined for any other text. */
const rawKey = (text: string): Buffer | undefined => {
  const trimmed = text.trim();
  if (trimmed.length !== 44) return undefined;
  const bytes = Buffer.from(trimmed, 'base64');
  return bytes.length === KEY_BYTES && bytes.toString('base64') === trimmed ? bytes : undefined;
};

const stretch = (secret: string, id: string): Promise<Buffer> => {
  const salt = createHash('sha256')
    .update(lengthPrefixed([SALT_CONSTANT, id]))
    .digest();
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY_BYTES, STRETCHING, (error, key) => {
      if (error) reject(new CofferError('internal', `the secret of key '${id}' could not be stretched`, { key: id }));
      else resolve(key);
    });
  });
};

/**
 * The root key of a configured secret. 32 random bytes as base64 are the key itself; anything else is stretched by
 * scrypt (about half a second and 128 MiB, off the main thread). Throws `configuration` for a secret below the minimum.
 */
export const deriveRootKey = async (id: string, secret: SecretValue, minSecretLength: number): Promise<KeyObject> => {
  parseKeyId(id);
  const text = secret.reveal();
  const length = [...text].length;
  if (length < Math.max(1, minSecretLength)) {
    throw new CofferError(
      'configuration',
      `the secret of key '${id}' is too short: it must have at least ${Math.max(1, minSecretLength)} characters; ` +
        '32 random bytes as base64 are best',
      { key: id },
    );
  }
  const bytes = rawKey(text) ?? (await stretch(text, id));
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
};
