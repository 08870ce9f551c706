import { CofferError, SecretPath, type SecretMetadata, type Tag } from '@coffer/secrets';
import type { FacadeOptions, PrefixFilter } from './options.js';

const carries = (metadata: SecretMetadata, tag: Tag): boolean =>
  metadata.tags.some(({ key, value }) => key === tag.key && value === tag.value);

/** Which of the store's secrets callers see, and under which key. */
export class Visibility {
  readonly #required: readonly Tag[];
  readonly #excluded: readonly Tag[];
  readonly #prefix: PrefixFilter | undefined;

  constructor({ filterOnTags = [], excludedTags = [], filterOnPrefix }: FacadeOptions) {
    this.#required = filterOnTags;
    this.#excluded = excludedTags;
    this.#prefix = filterOnPrefix;
  }

  shows(metadata: SecretMetadata): boolean {
    return (
      this.#required.every((tag) => carries(metadata, tag)) && !this.#excluded.some((tag) => carries(metadata, tag))
    );
  }

  /** The path in the store; `undefined` for a key that cannot be seen. Throws `invalid` when the prefix makes it too long. */
  stored(path: SecretPath): SecretPath | undefined {
    if (this.#prefix === undefined) return path;
    const { prefix, keepPrefix } = this.#prefix;
    if (keepPrefix) return path.key.startsWith(prefix) ? path : undefined;
    return SecretPath.of(path.tenant, path.namespace, prefix + path.key);
  }

  /** As `stored`, for what is about to be written. */
  writable(path: SecretPath): SecretPath {
    const stored = this.stored(path);
    if (stored !== undefined) return stored;
    const rule = `invalid key: this store shows only keys that begin with '${this.#prefix?.prefix ?? ''}'`;
    throw new CofferError('invalid', rule);
  }

  /** The path as callers see it; `undefined` for one that they do not see. */
  shown(stored: SecretPath): SecretPath | undefined {
    if (this.#prefix === undefined) return stored;
    const { prefix, keepPrefix } = this.#prefix;
    if (!stored.key.startsWith(prefix)) return undefined;
    if (keepPrefix) return stored;
    const key = stored.key.slice(prefix.length);
    return key === '' ? undefined : SecretPath.of(stored.tenant, stored.namespace, key);
  }
}
