import { CofferError, MAX_KEY_LENGTH, SecretPath, type SecretMetadata, type Tag } from '@coffer/secrets';
import type { Filters, PrefixFilter } from './options.js';

const carries = (metadata: SecretMetadata, tag: Tag): boolean =>
  metadata.tags.some(({ key, value }) => key === tag.key && value === tag.value);

/** Which of the store's secrets callers see, and under which key. */
export class Visibility {
  readonly #required: readonly Tag[];
  readonly #excluded: readonly Tag[];
  readonly #prefix: PrefixFilter | undefined;

  constructor({ filterOnTags = [], excludedTags = [], filterOnPrefix }: Filters) {
    this.#required = filterOnTags;
    this.#excluded = excludedTags;
    this.#prefix = filterOnPrefix?.prefix === '' ? undefined : filterOnPrefix;
  }

  shows({ metadata }: { readonly metadata: SecretMetadata }): boolean {
    return (
      this.#required.every((tag) => carries(metadata, tag)) && !this.#excluded.some((tag) => carries(metadata, tag))
    );
  }

  /** The path in the store; `undefined` for a key that no secret here can have. */
  stored(path: SecretPath): SecretPath | undefined {
    if (this.#prefix === undefined) return path;
    const { prefix, keepPrefix } = this.#prefix;
    if (keepPrefix) return path.key.startsWith(prefix) ? path : undefined;
    const key = prefix + path.key;
    return [...key].length > MAX_KEY_LENGTH ? undefined : SecretPath.of(path.tenant, path.namespace, key);
  }

  /** As `stored`; throws `invalid` for a key that no secret here can have. */
  writable(path: SecretPath): SecretPath {
    const stored = this.stored(path);
    if (stored !== undefined) return stored;
    const { prefix = '', keepPrefix = true } = this.#prefix ?? {};
    const rule = keepPrefix
      ? `this store takes only keys that begin with '${prefix}'`
      : `with this store's prefix '${prefix}' it would have more than ${MAX_KEY_LENGTH} characters`;
    throw new CofferError('invalid', `invalid key: ${rule}`);
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
