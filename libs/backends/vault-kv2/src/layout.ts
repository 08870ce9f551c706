import { CofferError, SecretPath } from '@coffer/secrets';
import { escapeSegment, unescapeSegment } from './segment.js';

/** Percent-encoded for a URL; Vault decodes it before it looks. */
const encoded = (segments: readonly string[]): string => segments.map(encodeURIComponent).join('/');

/** A path that an operator wrote, whose slashes part it. */
export const mountPath = (path: string): string => encoded(path.split('/').filter((part) => part !== ''));

/**
 * Where secrets lie below the engine: `{prefix}/{tenant}/{namespace parts}/{key}`, each segment escaped. A key may equal
 * a namespace part: Vault keeps the secret `a/b` and the folder `a/b/` apart.
 */
export class SecretLayout {
  readonly #prefix: readonly string[];

  /** `prefix`: segments with slashes between them; none where it is empty. */
  constructor(readonly prefix: string) {
    this.#prefix = prefix === '' ? [] : prefix.split('/').map(escapeSegment);
  }

  /** The folder of all tenants, with a slash at its end unless it is the engine's own. */
  get root(): string {
    return this.#prefix.length === 0 ? '' : `${encoded(this.#prefix)}/`;
  }

  ofSecret({ tenant, namespace, key }: SecretPath): string {
    return this.root + encoded([tenant, ...namespace.split('.'), key].map(escapeSegment));
  }

  ofFolder({ tenant, parts }: Folder): string {
    return `${this.root}${encoded([tenant, ...parts].map(escapeSegment))}/`;
  }
}

/** A namespace, or on the way to one; no parts: the tenant. */
export interface Folder {
  readonly tenant: string;
  readonly parts: readonly string[];
}

export const folderOf = (tenant: string, namespace?: string): Folder => ({
  tenant,
  parts: namespace?.split('.') ?? [],
});

/** A name in a folder, as Vault lists it: a secret's or, with a slash at its end, a folder's. */
export const entryOf = ({ tenant, parts }: Folder, name: string): Folder | SecretPath | undefined => {
  const text = unescapeSegment(name.replace(/\/$/, ''));
  if (text === undefined) return undefined;
  if (name.endsWith('/')) return { tenant, parts: [...parts, text] };
  try {
    return SecretPath.of(tenant, parts.join('.'), text);
  } catch (error) {
    // What another program named as no secret of Coffer's can be named.
    if (CofferError.is(error, 'invalid')) return undefined;
    throw error;
  }
};
