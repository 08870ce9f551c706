import { CofferError, parseTags, type MetadataPatch, type SecretMetadata } from '@coffer/secrets';

/** The name under which Vault's clients see a secret's description; every other is a tag's. */
const DESCRIPTION = 'description';

export type CustomMetadata = Readonly<Record<string, string>>;

interface Described {
  readonly description?: string | undefined;
  readonly tags: SecretMetadata['tags'];
}

/** As Vault's `custom_metadata`; `null` where there is none. A tag called as the description yields to it. */
export const customMetadataOf = ({ description, tags }: Described): CustomMetadata | null => {
  const entries = tags.map(({ key, value }): [string, string] => [key, value]);
  if (description !== undefined) entries.push([DESCRIPTION, description]);
  return entries.length === 0 ? null : Object.fromEntries(entries);
};

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000');

/** What replaces all that a secret has. Throws `invalid`. */
export const metadataOf = (custom: CustomMetadata): SecretMetadata => {
  const { [DESCRIPTION]: description = '', ...tags } = custom;
  if (!Object.entries(custom).every((entry) => entry.every(isStorable))) {
    throw new CofferError('invalid', 'invalid custom_metadata: it must be well-formed Unicode without NUL characters');
  }
  return {
    ...(description === '' ? {} : { description }),
    tags: parseTags(Object.entries(tags).map(([key, value]) => ({ key, value }))),
  };
};

/** What the names of a patch make of what a secret has; `null` takes away. Throws `invalid`. */
export const patchedMetadata = (
  { description = '', tags }: SecretMetadata,
  patch: Readonly<Record<string, string | null>>,
): MetadataPatch => {
  const kept = tags.filter(({ key }) => key === DESCRIPTION || !Object.hasOwn(patch, key));
  const given = Object.entries(patch).filter((entry): entry is [string, string] => entry[1] !== null);
  const changed = metadataOf(Object.fromEntries(given));
  return {
    description: Object.hasOwn(patch, DESCRIPTION) ? (changed.description ?? '') : description,
    tags: parseTags([...kept, ...changed.tags]),
  };
};
