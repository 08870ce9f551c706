import { CofferError } from './coffer-error.js';

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** What a secret carries beside its value. Tags have distinct keys and are sorted by key. */
export interface SecretMetadata {
  readonly description?: string;
  readonly tags: readonly Tag[];
}

/** A change of metadata alone: an absent field keeps what is stored; `''` and `[]` clear. */
export interface MetadataPatch {
  readonly description?: string;
  readonly tags?: readonly Tag[];
}

const RESERVED = /^(namespace|key|prefix|tenant|coffer.*)$/;

/** Names that carry a secret's identity in stores that address by tags, so no user may set them. */
export const isReservedTag = (key: string): boolean => RESERVED.test(key);

/** Never called with equal keys, for the keys of a secret's tags are distinct. */
const byKey = (a: Tag, b: Tag): number => (a.key < b.key ? -1 : 1);

/** Sorted by key; throws `invalid` for an empty, duplicate or reserved key. */
export const parseTags = (tags: readonly Tag[]): Tag[] => {
  const seen = new Set<string>();
  for (const { key } of tags) {
    if (key === '') throw new CofferError('invalid', 'invalid tags: a tag key must not be empty');
    if (seen.has(key))
      throw new CofferError('invalid', `invalid tags: the tag key '${key}' appears twice`, { tag: key });
    if (isReservedTag(key)) {
      throw new CofferError('invalid', `invalid tags: '${key}' is reserved (namespace, key, prefix, tenant, coffer*)`, {
        tag: key,
      });
    }
    seen.add(key);
  }
  return tags.map(({ key, value }) => ({ key, value })).sort(byKey);
};

/** `defaults` yield to `own` where both name a key. */
export const withDefaultTags = (own: readonly Tag[], defaults: readonly Tag[]): Tag[] => {
  const named = new Set(own.map((tag) => tag.key));
  return [...own, ...defaults.filter((tag) => !named.has(tag.key))].sort(byKey);
};

export const applyPatch = (metadata: SecretMetadata, patch: MetadataPatch): SecretMetadata => {
  const description = patch.description ?? metadata.description;
  return {
    ...(description === undefined || description === '' ? {} : { description }),
    tags: patch.tags ?? metadata.tags,
  };
};
