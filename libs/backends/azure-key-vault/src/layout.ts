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

/** Which write made a version: its fence, with the revision and the time, since a secret has few tags to give. */
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
  /** Puts and deletes of the secret so far; 1 where the version was not made by Coffer. */
  readonly revision: number;
  /** When the latest change was accepted, in milliseconds since the Unix epoch. */
  readonly changed?: number;
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

/** What a change is known by in the vault. */
export interface Mark {
  readonly fence: Fence;
  readonly revision: number;
  readonly changed?: number;
}

const MARK = /^(\d{1,19});revision=(\d{1,15})(?:;changed=(\d{1,15}))?$/;

const markText = ({ fence, revision, changed }: Mark): string =>
  `${fence};revision=${revision}${changed === undefined ? '' : `;changed=${changed}`}`;

/** `undefined` for what Coffer would not have written. */
const markOf = (text = ''): Mark | undefined => {
  const [, fence, revision, changed] = MARK.exec(text) ?? [];
  if (fence === undefined || revision === undefined) return undefined;
  const time = changed === undefined ? {} : { changed: Number(changed) };
  try {
    return { fence: parseFence(fence), revision: Number(revision), ...time };
  } catch {
    return undefined;
  }
};

const identity = (prefix: string, path: SecretPath, mark: Mark): Tags => ({
  namespace: path.namespace,
  ...split(path.key, LONG.key),
  prefix,
  tenant: path.tenant,
  [FENCE]: markText(mark),
});

/** Throws `too-large` where the secret has more tags than a version can carry. */
export const tagsOf = (prefix: string, path: SecretPath, metadata: SecretMetadata, mark: Mark): Tags => {
  const { description = '', tags } = metadata;
  const all: Tags = {
    ...Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    ...(description === '' ? {} : split(description, LONG.description)),
    ...identity(prefix, path, mark),
  };
  const count = Object.keys(all).length;
  if (count > TAGS) throw failure('too-large', `a secret has at most ${TAGS} tags, this one would have ${count}`);
  if (Object.entries(all).some(([key, value]) => key.length > TAG_LENGTH || value.length > TAG_LENGTH)) {
    throw failure('too-large', `a tag's key and value have at most ${TAG_LENGTH} UTF-16 units each`);
  }
  return all;
};

export const tombstoneTags = (prefix: string, path: SecretPath, mark: Mark): Tags => ({
  ...identity(prefix, path, mark),
  [TOMBSTONE]: 'true',
});

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
  const description = joined(tags, LONG.description);
  const own = sortedTags(
    Object.entries(tags)
      .filter(([key]) => !isReservedTag(key))
      .map(([key, value]) => ({ key, value })),
  );
  return {
    ...(path === undefined ? {} : { path }),
    identified: tags['namespace'] !== undefined && tags['key'] !== undefined && tags['prefix'] !== undefined,
    revision: 1,
    ...markOf(tags[FENCE]),
    tombstone: tags[TOMBSTONE] !== undefined,
    metadata: { ...(description === undefined ? {} : { description }), tags: own },
  };
};

/** Lists tell neither version nor value: the write, and the second of the last change, by Coffer or not. */
export const versionOf = ({ updated }: VaultSecret, { fence }: Labels): string => `${fence ?? 'external'}.${updated}`;

/** What is answered of a secret, beside its value. */
export const describedBy = (secret: VaultSecret, labels: Labels) => {
  const { metadata, revision, changed } = labels;
  return { metadata, version: versionOf(secret, labels), revision, ...(changed === undefined ? {} : { changed }) };
};
