import { identityHash, sortedTags } from '@coffer/backend-contract';
import {
  CofferError,
  DEFAULT_TENANT,
  SecretPath,
  isReservedTag,
  parseFence,
  type Fence,
  type SecretMetadata,
} from '@coffer/secrets';
import { TAGS, TAG_LENGTH } from './capabilities.js';
import type { VaultSecret } from './client.js';
import { failure } from './errors.js';

/** Names are 1 to 127 of `0-9A-Za-z-` and case-insensitive, so the hash alone tells paths apart: 160 bits of it. */
const HASH = 40;
const READABLE = 80;

/** One name for each prefix and path; the readable part is for people. */
export const nameOf = (prefix: string, path: SecretPath): string => {
  const hash = identityHash(prefix, path.tenant, path.namespace, path.key);
  const readable = `${path.namespace}-${path.key}`.replace(/[^0-9A-Za-z]+/g, '-').slice(0, READABLE);
  return `${readable.replace(/^-|-$/g, '')}-${hash.toString('hex').slice(0, HASH)}`;
};

/** Whose version this is, and which write made it. */
const FENCE = 'coffer-fence';
const TOMBSTONE = 'coffer-tombstone';
/** What of a text one tag cannot hold goes into the tag of its name with `-2`, or the second name here. */
const LONG = { key: ['key', 'coffer-key-2'], description: ['coffer-description', 'coffer-description-2'] } as const;

type Tags = Readonly<Record<string, string>>;

/** What the tags of a version say. */
export interface Labels {
  /** Absent where they name no secret of this prefix. */
  readonly path?: SecretPath;
  /** Whether they name any secret at all, of whatever prefix. */
  readonly identified: boolean;
  /** Absent where the version was not made by Coffer. */
  readonly fence?: Fence;
  readonly tombstone: boolean;
  readonly metadata: SecretMetadata;
}

/** Splits at 256 UTF-16 units, never within a character. */
const split = (text: string, [first, second]: readonly [string, string]): Tags => {
  if (text.length <= TAG_LENGTH) return { [first]: text };
  const within = /[\ud800-\udbff]/.test(text.charAt(TAG_LENGTH - 1)) ? TAG_LENGTH - 1 : TAG_LENGTH;
  return { [first]: text.slice(0, within), [second]: text.slice(within) };
};

const joined = (tags: Tags, [first, second]: readonly [string, string]): string | undefined =>
  tags[first] === undefined ? undefined : tags[first] + (tags[second] ?? '');

const identity = (prefix: string, path: SecretPath, fence: Fence): Tags => ({
  namespace: path.namespace,
  ...split(path.key, LONG.key),
  prefix,
  tenant: path.tenant,
  [FENCE]: fence.toString(),
});

/** Throws `too-large` where the secret has more tags than a version can carry. */
export const tagsOf = (prefix: string, path: SecretPath, metadata: SecretMetadata, fence: Fence): Tags => {
  const { description = '', tags } = metadata;
  const all: Tags = {
    ...Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    ...(description === '' ? {} : split(description, LONG.description)),
    ...identity(prefix, path, fence),
  };
  const count = Object.keys(all).length;
  if (count > TAGS) throw failure('too-large', `a secret has at most ${TAGS} tags, this one would have ${count}`);
  if (Object.entries(all).some(([key, value]) => key.length > TAG_LENGTH || value.length > TAG_LENGTH)) {
    throw failure('too-large', `a tag's key and value have at most ${TAG_LENGTH} UTF-16 units each`);
  }
  return all;
};

export const tombstoneTags = (prefix: string, path: SecretPath, fence: Fence): Tags => ({
  ...identity(prefix, path, fence),
  [TOMBSTONE]: 'true',
});

/** `undefined` for what is no fence: then it was not Coffer that wrote it. */
const fenceOf = (text: string | undefined): Fence | undefined => {
  if (text === undefined) return undefined;
  try {
    return parseFence(text);
  } catch {
    return undefined;
  }
};

const pathOf = (prefix: string, tags: Tags): SecretPath | undefined => {
  const key = joined(tags, LONG.key);
  if (tags['prefix'] !== prefix || tags['namespace'] === undefined || key === undefined) return undefined;
  try {
    return SecretPath.of(tags['tenant'] ?? DEFAULT_TENANT, tags['namespace'], key);
  } catch (error) {
    // Somebody's tags that cannot be an address here.
    if (CofferError.is(error)) return undefined;
    throw error;
  }
};

export const labelsOf = (prefix: string, tags: Tags = {}): Labels => {
  const path = pathOf(prefix, tags);
  const fence = fenceOf(tags[FENCE]);
  const description = joined(tags, LONG.description);
  const own = sortedTags(
    Object.entries(tags)
      .filter(([key]) => !isReservedTag(key))
      .map(([key, value]) => ({ key, value })),
  );
  return {
    ...(path === undefined ? {} : { path }),
    identified: tags['namespace'] !== undefined && tags['key'] !== undefined && tags['prefix'] !== undefined,
    ...(fence === undefined ? {} : { fence }),
    tombstone: tags[TOMBSTONE] !== undefined,
    metadata: { ...(description === undefined ? {} : { description }), tags: own },
  };
};

/** Lists tell neither version nor value: the write, and the second of the last change, by Coffer or not. */
export const versionOf = ({ updated }: VaultSecret, { fence }: Labels): string => `${fence ?? 'external'}.${updated}`;
