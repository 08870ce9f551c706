import { sortedTags } from '@coffer/backend-contract';
import {
  applyPatch,
  CofferError,
  isJsonObject,
  isReservedTag,
  parseFence,
  SecretPath,
  type Fence,
  type JsonObject,
  type SecretMetadata,
  type Tag,
} from '@coffer/secrets';
import { STORE } from '../capabilities.js';
import { integerOf } from '../json.js';
import { SecretLayout } from '../layout.js';

/** The field of a secret's data that is Coffer's own. */
export const OWN = 'coffer';

/** What Coffer keeps beside the value, in the same version of the secret: one write changes both or neither. */
export interface OwnField {
  readonly fence: Fence;
  /** Puts and deletes of the secret, this one included, and what other programs wrote before. */
  readonly revision: number;
  /** When the change was accepted, in milliseconds since the Unix epoch. */
  readonly changed?: number;
  /** The identity it was written under. Where one prefix continues another, two identities share a place. */
  readonly prefix: string;
  readonly path: string;
  /** The version it was written as. Another program that takes our field along makes another version. */
  readonly version: bigint;
  /** The tombstone of a delete: there is no value. */
  readonly deleted: boolean;
  readonly metadata: SecretMetadata;
}

/** Sorted by key; what is no text is no tag. */
const tagsOf = (map: JsonObject): Tag[] =>
  sortedTags(Object.entries(map).flatMap(([key, value]) => (typeof value === 'string' ? [{ key, value }] : [])));

/** The tags in custom metadata, whose names are anybody's: reserved ones are no tags. */
export const customTags = (custom: JsonObject): Tag[] =>
  tagsOf(custom).filter(({ key }) => key !== '' && !isReservedTag(key));

const corrupt = (): CofferError =>
  new CofferError('corrupt', `${STORE}: the field '${OWN}' of the stored secret is damaged`, { store: STORE });

/** `undefined` where there is none. Throws `corrupt` for one that is not as we write it. */
export const ownFieldOf = (data: JsonObject): OwnField | undefined => {
  const own = data[OWN];
  if (!isJsonObject(own) || !('fence' in own)) return undefined;
  const { fence, prefix, path, deleted = false, description = '', tags = {} } = own;
  const [version, revision, changed] = [own['version'], own['revision'], own['changed']].map(integerOf);
  if (typeof fence !== 'string' || typeof prefix !== 'string' || typeof path !== 'string') throw corrupt();
  if (version === undefined || revision === undefined || typeof deleted !== 'boolean') throw corrupt();
  if (typeof description !== 'string' || !isJsonObject(tags)) throw corrupt();
  const metadata = applyPatch({ tags: tagsOf(tags) }, { description });
  const numbers = { revision: Number(revision), ...(changed === undefined ? {} : { changed: Number(changed) }) };
  return { fence: parseFence(fence), prefix, path, version, deleted, metadata, ...numbers };
};

/** As stored, without what is empty. */
export const ownFieldData = ({ fence, deleted, metadata, ...rest }: OwnField): JsonObject => ({
  ...rest,
  fence: fence.toString(),
  ...(deleted ? { deleted } : {}),
  ...(metadata.description === undefined ? {} : { description: metadata.description }),
  ...(metadata.tags.length === 0
    ? {}
    : { tags: Object.fromEntries(metadata.tags.map(({ key, value }) => [key, value])) }),
});

/**
 * `same`: written for this secret. `neighbour`: for another secret, whose place is the same. `elsewhere`: for another
 * place, from which somebody has copied it.
 */
export const originOf = (
  { prefix, path }: OwnField,
  layout: SecretLayout,
  here: SecretPath,
): 'same' | 'neighbour' | 'elsewhere' => {
  if (prefix === layout.prefix && path === here.toString()) return 'same';
  try {
    const place = new SecretLayout(prefix).ofSecret(SecretPath.parse(path));
    return place === layout.ofSecret(here) ? 'neighbour' : 'elsewhere';
  } catch {
    throw corrupt();
  }
};
