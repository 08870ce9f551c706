import { createHash } from 'node:crypto';
import { CofferError, type SecretPath } from '@coffer/secrets';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const MAX_NAME = 512;
/** Leaves room for the hashed form. */
const MAX_PREFIX = 400;
/** What a tag's value may hold in every service of AWS; the prefix is one. */
const PREFIX = /^[\p{L}\p{N}\p{Zs}+\-=._:/@]{0,128}$/u;

/** Each byte outside `A-Za-z0-9_+.@-` as `=` and two digits, so that no two texts look alike and none holds a `/`. */
export const escaped = (segment: string): string => {
  let text = '';
  for (const byte of Buffer.from(segment, 'utf8')) {
    const character = String.fromCharCode(byte);
    const plain = byte < 0x80 && /[A-Za-z0-9_+.@-]/.test(character);
    text += plain ? character : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
};

/**
 * The name that Coffer gives a secret: `{prefix}/{tenant}/{namespace}/{key}`, each escaped; where that is too long,
 * `{prefix}/=sha256={digest of the long name}`, which no escaped tenant can look like.
 */
export const nameOf = (prefix: string, path: SecretPath): string => {
  const name = [prefix, path.tenant, path.namespace, path.key].map(escaped).join('/');
  if (name.length <= MAX_NAME) return name;
  return `${escaped(prefix)}/=sha256=${createHash('sha256').update(name).digest('hex')}`;
};

/** A name below the prefix that is never given to a secret. */
export const unusedNameOf = (prefix: string): string => `${escaped(prefix)}/=probe`;

/** Throws `configuration`. */
export const assertPrefix = (prefix: string): void => {
  if (!PREFIX.test(prefix) || prefix.toLowerCase().startsWith('aws:')) {
    const rule = 'at most 128 letters, digits, spaces and + - = . _ : / @, and must not begin with aws:';
    throw new CofferError('configuration', `awsSecretManager.prefix may have ${rule}`);
  }
  if (escaped(prefix).length > MAX_PREFIX) {
    throw new CofferError('configuration', 'awsSecretManager.prefix is too long for the name of a secret');
  }
};
