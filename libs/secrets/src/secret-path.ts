import { CofferError } from './coffer-error.js';

export const DEFAULT_TENANT = 'main';

const TENANT = /^[a-z0-9][a-z0-9_-]*$/;
const NAMESPACE = /^[a-z0-9][a-z0-9._-]*$/;
/** A part between dots that is empty: no store's path has room for one, and a parent would be without a name. */
const EMPTY_PART = /\.(\.|$)/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Longest tenant and namespace, in characters: what fits a name in every store beside the longest key. */
export const MAX_SCOPE_LENGTH = 256;
/** Longest key, in code points. */
export const MAX_KEY_LENGTH = 256;
/** What most keys are: nothing to count or to refuse. */
const PLAIN_KEY = new RegExp(`^[\\x20-\\x7e]{1,${MAX_KEY_LENGTH}}$`);

/** First words of Kestra's tenant-less API root, which therefore cannot name a tenant there. */
export const RESERVED_TENANTS: ReadonlySet<string> = new Set(['namespaces', 'secrets', 'auditlogs']);

export const parseTenant = (text: string): string => {
  if (!TENANT.test(text) || text.length > MAX_SCOPE_LENGTH) {
    throw new CofferError(
      'invalid',
      `invalid tenant: it must match ${TENANT.source} and have at most ${MAX_SCOPE_LENGTH} characters`,
    );
  }
  if (RESERVED_TENANTS.has(text)) {
    throw new CofferError('invalid', `invalid tenant: '${text}' is a word of the API's own paths; choose another name`);
  }
  return text;
};

export const parseNamespace = (text: string): string => {
  if (!NAMESPACE.test(text) || text.length > MAX_SCOPE_LENGTH) {
    throw new CofferError(
      'invalid',
      `invalid namespace: it must match ${NAMESPACE.source} and have at most ${MAX_SCOPE_LENGTH} characters`,
    );
  }
  if (EMPTY_PART.test(text)) {
    throw new CofferError('invalid', 'invalid namespace: it must not end in a dot, nor have two dots in a row');
  }
  return text;
};

export const parseKey = (text: string): string => {
  if (PLAIN_KEY.test(text)) return text;
  const length = [...text].length;
  if (length < 1 || length > MAX_KEY_LENGTH) {
    throw new CofferError(
      'invalid',
      `invalid key: it must have 1 to ${MAX_KEY_LENGTH} characters, this one has ${length}`,
    );
  }
  if (CONTROL.test(text)) {
    throw new CofferError('invalid', 'invalid key: it must not contain control characters');
  }
  if (!text.isWellFormed()) {
    throw new CofferError('invalid', 'invalid key: it must be well-formed Unicode, without lone surrogates');
  }
  return text;
};

/**
 * The address of a secret. Instances exist only for valid tenants, namespaces and keys, so nothing that receives one
 * checks again. Keys are compared by code points: no case folding, no Unicode normalisation.
 */
export class SecretPath {
  /** Made once asked for: a path whose answers are in memory is asked for both again and again. */
  #text: string | undefined;
  #levels: readonly SecretPath[] | undefined;

  private constructor(
    readonly tenant: string,
    readonly namespace: string,
    readonly key: string,
  ) {}

  /** Throws `invalid` and names the part that is wrong. */
  static of(tenant: string, namespace: string, key: string): SecretPath {
    return new SecretPath(parseTenant(tenant), parseNamespace(namespace), parseKey(key));
  }

  /** The inverse of `toString()`; throws `invalid` for anything that is not a path's text. */
  static parse(text: string): SecretPath {
    const [tenant, namespace, key, ...rest] = text.split('/');
    if (tenant === undefined || namespace === undefined || key === undefined || rest.length > 0) {
      throw new CofferError('invalid', 'invalid path: it must be tenant/namespace/key with the key percent-encoded');
    }
    let decoded: string;
    try {
      decoded = decodeURIComponent(key);
    } catch {
      throw new CofferError('invalid', 'invalid path: the key is not percent-encoded UTF-8');
    }
    return SecretPath.of(tenant, namespace, decoded);
  }

  /** `undefined` for anything that is not a path's text: what a message says of itself may be anything. */
  static tryParse(text: string): SecretPath | undefined {
    try {
      return SecretPath.parse(text);
    } catch {
      return undefined;
    }
  }

  /**
   * One text per path and one path per text: tenant and namespace cannot contain a `/`, and the key is
   * percent-encoded. Used as the key of messages and maps.
   */
  toString(): string {
    return (this.#text ??= `${this.tenant}/${this.namespace}/${encodeURIComponent(this.key)}`);
  }

  /** This path, then the same key in each parent of its namespace: the order in which a child namespace's secrets win. */
  get levels(): readonly SecretPath[] {
    return (this.#levels ??= namespaceAndParents(this.namespace).map((namespace) =>
      // The parent of a namespace is one: it begins and ends as one of its parts does.
      namespace === this.namespace ? this : new SecretPath(this.tenant, namespace, this.key),
    ));
  }

  equals(other: SecretPath): boolean {
    return this.tenant === other.tenant && this.namespace === other.namespace && this.key === other.key;
  }
}

/** `company.team.app` → itself, `company.team`, `company`: the order in which a child namespace's secrets win. */
export const namespaceAndParents = (namespace: string): string[] => {
  const levels: string[] = [];
  for (let end = namespace.length; end > 0; end = namespace.lastIndexOf('.', end - 1)) {
    levels.push(namespace.slice(0, end));
  }
  return levels;
};

/** Whether `namespace` is `ancestor` or lies below it. */
export const isWithinNamespace = (namespace: string, ancestor: string): boolean =>
  namespace === ancestor || namespace.startsWith(`${ancestor}.`);
