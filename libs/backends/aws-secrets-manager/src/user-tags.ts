import type { Tag as AwsTag } from '@aws-sdk/client-secrets-manager';
import { sortedTags } from '@coffer/backend-contract';
import { isReservedTag, type SecretMetadata, type Tag } from '@coffer/secrets';
import { TAG_CHARACTERS } from './layout.js';

/** The value of a tag that was removed where tags cannot be taken away: without `UntagResource`. */
export const REMOVED = 'coffer:removed';
/** Stands for no description: servers differ in what an empty one means, "none" or "as it is". */
const NO_DESCRIPTION = ' ';

/** AWS's own, put on secrets by its services and stacks. */
export const isForeign = (key: string): boolean => /^aws:/i.test(key);

/** The user's own tags, sorted by key. */
const userTagsOf = (tags: readonly AwsTag[] | undefined): Tag[] =>
  sortedTags(
    (tags ?? []).flatMap(({ Key: key = '', Value: value = '' }) =>
      key === '' || isReservedTag(key) || isForeign(key) || value === REMOVED ? [] : [{ key, value }],
    ),
  );

export interface Carrier {
  readonly Description?: string | undefined;
  readonly Tags?: readonly AwsTag[] | undefined;
}

export const metadataOf = ({ Description, Tags }: Carrier): SecretMetadata => ({
  ...(Description === undefined || Description.trim() === '' ? {} : { description: Description }),
  tags: userTagsOf(Tags),
});

export const descriptionOf = ({ description }: SecretMetadata): string =>
  description === undefined || description === '' ? NO_DESCRIPTION : description;

export interface TagChanges {
  readonly put: readonly AwsTag[];
  readonly remove: readonly string[];
}

/** What makes the tags of a secret those of `metadata`; its identity stays as it is. */
export const tagChanges = (present: readonly AwsTag[] | undefined, { tags }: SecretMetadata): TagChanges => {
  const before = new Map((present ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
  const after = new Set(tags.map(({ key }) => key));
  return {
    put: tags.flatMap(({ key, value }) => (before.get(key) === value ? [] : [{ Key: key, Value: value }])),
    remove: userTagsOf(present).flatMap(({ key }) => (after.has(key) ? [] : [key])),
  };
};

/** Why AWS, or Coffer in it, takes no such tag. */
export const brokenTagRule = ({ key, value }: Tag): string | undefined => {
  if (isForeign(key) || isForeign(value)) return 'a tag must not begin with aws:, which AWS keeps for itself';
  if (!TAG_CHARACTERS.test(key) || !TAG_CHARACTERS.test(value)) {
    return 'a tag may have letters, spaces, digits and + - = . _ : / @';
  }
  // It could not be distinguished from one that was removed.
  return value === REMOVED ? `a tag must not have the value '${REMOVED}'` : undefined;
};
