import { createHash } from 'node:crypto';
import type { Tag as AwsTag } from '@aws-sdk/client-secrets-manager';
import { CofferError, DEFAULT_TENANT, SecretPath } from '@coffer/secrets';

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

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html */
const MAX_TAG_VALUE = 255;
/** "Generally allowed characters" of the same page. */
export const TAG_CHARACTERS = /^[\p{L}\p{N}\p{Zs}+\-=._:/@]*$/u;
const PART = 'coffer-path-';

export const fitsIntoTag = (value: string): boolean =>
  [...value].length <= MAX_TAG_VALUE && TAG_CHARACTERS.test(value) && value.trim() === value && !/^aws:/i.test(value);

const valuesOf = (tags: readonly AwsTag[]): Map<string, string> =>
  new Map(tags.flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])));

/** What marks a secret as ours to show. */
export interface Identity {
  readonly prefix: string;
  readonly path: SecretPath;
}

/**
 * The tags of a secret's identity. What does not fit into a tag, because of its length or its characters, is left out
 * of its own tag, and the whole path is there in parts.
 */
export const identityTags = ({ prefix, path }: Identity): AwsTag[] => {
  const named: [string, string][] = [
    ['tenant', path.tenant],
    ['namespace', path.namespace],
    ['key', path.key],
  ];
  const tags = [{ Key: 'prefix', Value: prefix }];
  for (const [Key, value] of named) tags.push({ Key, Value: fitsIntoTag(value) ? value : '' });
  if (named.every(([, value]) => fitsIntoTag(value))) return tags;
  const whole = [path.tenant, path.namespace, path.key].join('/');
  const encoded = Buffer.from(whole, 'utf8').toString('base64url');
  for (let start = 0; start < encoded.length; start += MAX_TAG_VALUE) {
    tags.push({ Key: `${PART}${start / MAX_TAG_VALUE}`, Value: encoded.slice(start, start + MAX_TAG_VALUE) });
  }
  return tags;
};

/** Tenant and namespace hold no `/`. */
const pathOf = (whole: string): SecretPath => {
  const [tenant = '', namespace = '', ...key] = whole.split('/');
  return SecretPath.of(tenant, namespace, key.join('/'));
};

const textOfParts = (values: ReadonlyMap<string, string>): string | undefined => {
  let encoded = '';
  for (let n = 0; values.has(`${PART}${n}`); n += 1) encoded += values.get(`${PART}${n}`) ?? '';
  return encoded === '' ? undefined : Buffer.from(encoded, 'base64url').toString('utf8');
};

/** `undefined` for a secret that carries no complete and valid identity. */
export const identityOf = (tags: readonly AwsTag[] | undefined): Identity | undefined => {
  const values = valuesOf(tags ?? []);
  const prefix = values.get('prefix');
  if (prefix === undefined) return undefined;
  try {
    const whole = textOfParts(values);
    if (whole !== undefined) return { prefix, path: pathOf(whole) };
    const namespace = values.get('namespace');
    const key = values.get('key');
    if (namespace === undefined || key === undefined) return undefined;
    return { prefix, path: SecretPath.of(values.get('tenant') ?? DEFAULT_TENANT, namespace, key) };
  } catch (error) {
    if (CofferError.is(error, 'invalid')) return undefined;
    throw error;
  }
};
