import { identityHash } from '@coffer/backend-contract';
import { DEFAULT_TENANT, SecretPath } from '@coffer/secrets';

/** Characters of the readable part of an id; with 64 of hash and two hyphens it stays below the 255 that are allowed. */
const READABLE = 120;
/** "Label values must be between 0 and 63 characters long". */
const LABEL = 63;

/** Where the four parts of an identity lie, as labels in their legal form and as annotations as they are. */
export const IDENTITY_NAMES = ['prefix', 'tenant', 'namespace', 'key'] as const;

export type TextMap = Readonly<Record<string, string>>;

/** Who a secret is: the instance it belongs to, and its path there. */
export interface Identity {
  readonly prefix: string;
  readonly path: SecretPath;
}

/**
 * The legal form of a text as a label's value: lower case, every character but `a`–`z`, `0`–`9`, `_` and `-` as a hyphen, cut
 * at 63. Different texts may share one, so it narrows a search and decides nothing.
 */
export const labelForm = (text: string): string =>
  [...text]
    .slice(0, LABEL)
    .map((character) => character.replace(/[A-Z]/, (upper) => upper.toLowerCase()).replace(/[^a-z0-9_-]/u, '-'))
    .join('');

/**
 * The id of a secret that Coffer makes: a readable part, and the hash of prefix, tenant, namespace and key, so that
 * no two places share one. Ids are `[A-Za-z0-9_-]{1,255}`.
 */
export const secretIdOf = (prefix: string, { tenant, namespace, key }: SecretPath): string => {
  const readable = `${prefix}-${namespace}-${key}`.replace(/[^A-Za-z0-9_-]+/gu, '-').slice(0, READABLE);
  return `${readable.replace(/^-+|-+$/g, '') || 'secret'}-${identityHash(prefix, tenant, namespace, key).toString('hex')}`;
};

export const identityLabels = (prefix: string, path: SecretPath): TextMap => ({
  prefix: labelForm(prefix),
  tenant: labelForm(path.tenant),
  namespace: labelForm(path.namespace),
  key: labelForm(path.key),
});

export const identityAnnotations = (prefix: string, path: SecretPath): TextMap => ({
  prefix,
  tenant: path.tenant,
  namespace: path.namespace,
  key: path.key,
});

/**
 * Whose the secret is, by its annotations where it has them and else by its labels; without a tenant it is the default
 * one's. `undefined` when a part is missing or cannot be one.
 */
export const identityOf = (labels: TextMap, annotations: TextMap): Identity | undefined => {
  const part = (name: (typeof IDENTITY_NAMES)[number]): string | undefined => annotations[name] ?? labels[name];
  const [prefix, namespace, key] = [part('prefix'), part('namespace'), part('key')];
  if (prefix === undefined || namespace === undefined || key === undefined) return undefined;
  try {
    return { prefix, path: SecretPath.of(part('tenant') ?? DEFAULT_TENANT, namespace, key) };
  } catch {
    return undefined;
  }
};

/** None for what the language of filters reads as a negation, or as nothing: the filter then finds more. */
const term = (name: string, value: string): string[] =>
  /^[a-z0-9_]/.test(labelForm(value)) ? [`labels.${name}=${labelForm(value)}`] : [];

/**
 * Secrets that may be in the scope (https://cloud.google.com/secret-manager/docs/filtering). The default tenant is not
 * filtered by, for a secret made by hand may leave it out.
 */
export const scopeFilter = (prefix: string, tenant: string, namespace = '', key = ''): string =>
  [
    ...term('prefix', prefix),
    ...(tenant === DEFAULT_TENANT ? [] : term('tenant', tenant)),
    ...term('namespace', namespace),
    ...term('key', key),
  ].join(' AND ');
