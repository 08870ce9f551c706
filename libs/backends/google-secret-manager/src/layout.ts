import { sortedTags } from '@coffer/backend-contract';
import { CofferError, isReservedTag, parseFence, type Fence, type SecretMetadata, type Tag } from '@coffer/secrets';
import { identityOf, IDENTITY_NAMES, type Identity, type TextMap } from './identity.js';
import { MAX_ANNOTATION_BYTES, STORE } from './capabilities.js';
import { parseTagsText, tagsText } from './tags-text.js';

/** Coffer's own annotations. */
const LAYOUT = 'coffer-layout';
const FENCE = 'coffer-fence';
const REVISION = 'coffer-revision';
const CHANGED = 'coffer-changed';
const VERSION = 'coffer-version';
const FIRST = 'coffer-first';
const DELETED = 'coffer-deleted';
const DESCRIPTION = 'coffer-description';
const TAGS = 'coffer-tags';

/** A secret as the service describes it, in the shape that this adapter needs. */
export interface Resource {
  /** The full resource name, as the service writes it. */
  readonly name: string;
  readonly etag: string;
  readonly labels: TextMap;
  readonly annotations: TextMap;
  readonly aliases: Readonly<Record<string, number>>;
}

/**
 * `written`: its annotations name the version that counts. `outside`: made without Coffer, so the newest version counts.
 * `tombstone`: deleted under a fence. `empty`: made by Coffer, and no write has got as far as naming a version.
 */
export type Kind = 'written' | 'outside' | 'tombstone' | 'empty';

export interface SecretState extends Resource {
  readonly kind: Kind;
  readonly identity: Identity | undefined;
  readonly fence: Fence | undefined;
  /** Puts and deletes of the secret so far; 1 of what was made outside, for lists do not tell how many versions it has. */
  readonly revision: number;
  /** When the latest change was accepted, in milliseconds since the Unix epoch. */
  readonly changed: number | undefined;
  /** The number of the version that counts; in a tombstone the highest that there was. 0: none. */
  readonly version: number;
  /** The lowest number that Coffer may destroy: older ones are somebody else's. */
  readonly first: number;
  readonly metadata: SecretMetadata;
}

const corrupt = (name: string): CofferError =>
  new CofferError('corrupt', `${STORE}: the annotation ${name} holds something else than Coffer wrote`);

const numberOf = (annotations: TextMap, name: string): number | undefined => {
  const text = annotations[name];
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw corrupt(name);
  return Number(text);
};

const withDescription = (description: string | undefined, tags: readonly Tag[]): SecretMetadata => ({
  ...(description === undefined || description === '' ? {} : { description }),
  tags,
});

/** What people gave it: labels and annotations, the latter winning, but for those that carry its identity. */
const outsideMetadata = ({ labels, annotations }: Resource): SecretMetadata => {
  const { description, ...rest } = { ...labels, ...annotations };
  const tags = Object.entries(rest)
    .filter(([key]) => !isReservedTag(key))
    .map(([key, value]) => ({ key, value }));
  return withDescription(description, sortedTags(tags));
};

const kindOf = (annotations: TextMap, version: number | undefined): Kind => {
  if (annotations[DELETED] !== undefined) return 'tombstone';
  if (version !== undefined) return 'written';
  return annotations[LAYOUT] === undefined ? 'outside' : 'empty';
};

/** Throws `corrupt` for annotations of Coffer's own that Coffer did not write. */
export const stateOf = (resource: Resource): SecretState => {
  const { labels, annotations } = resource;
  const version = numberOf(annotations, VERSION);
  const fence = annotations[FENCE];
  const kind = kindOf(annotations, version);
  return {
    ...resource,
    kind,
    identity: identityOf(labels, annotations),
    fence: fence === undefined ? undefined : parseFence(fence),
    revision: numberOf(annotations, REVISION) ?? (kind === 'empty' ? 0 : 1),
    changed: numberOf(annotations, CHANGED),
    version: version ?? 0,
    first: numberOf(annotations, FIRST) ?? 1,
    // Before Coffer wrote to it, what people gave it counts.
    metadata:
      fence === undefined
        ? outsideMetadata(resource)
        : withDescription(annotations[DESCRIPTION], parseTagsText(annotations[TAGS] ?? '')),
  };
};

/** What a change is known by in the store. */
export interface Mark {
  readonly fence: Fence;
  readonly revision: number;
  readonly changed?: number;
}

const markAnnotations = ({ fence, revision, changed }: Mark): TextMap => ({
  [FENCE]: fence.toString(),
  [REVISION]: String(revision),
  ...(changed === undefined ? {} : { [CHANGED]: String(changed) }),
});

/** What a mutation writes; without a version the newest one counts, as before. */
export interface Content extends Mark {
  readonly version: number | undefined;
  readonly first: number;
  readonly metadata: SecretMetadata;
}

/** Annotations that are not of the layout. */
const foreign = (annotations: TextMap): TextMap =>
  Object.fromEntries(Object.entries(annotations).filter(([name]) => !name.startsWith('coffer-')));

const sizeOf = (annotations: TextMap): number =>
  Object.entries(annotations).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );

const fitting = (annotations: TextMap): TextMap => {
  if (sizeOf(annotations) <= MAX_ANNOTATION_BYTES) return annotations;
  throw new CofferError(
    'too-large',
    `${STORE}: names, description, tags and annotations made by others may have less than 16 KiB in all`,
    { store: STORE },
  );
};

/** The annotations of a secret that Coffer makes and that has no version yet. */
export const emptyAnnotations = (identity: TextMap): TextMap => ({ ...identity, [LAYOUT]: '1' });

/** Throws `too-large` before anything is sent. */
export const writtenAnnotations = (before: TextMap, content: Content): TextMap => {
  const { version, first, metadata } = content;
  const layout = before[LAYOUT];
  const { description = '', tags } = metadata;
  return fitting({
    ...foreign(before),
    ...(layout === undefined ? {} : { [LAYOUT]: layout }),
    ...markAnnotations(content),
    ...(version === undefined ? {} : { [VERSION]: String(version) }),
    ...(first === 1 ? {} : { [FIRST]: String(first) }),
    ...(description === '' ? {} : { [DESCRIPTION]: description }),
    ...(tags.length === 0 ? {} : { [TAGS]: tagsText(tags) }),
  });
};

export const tombstoneAnnotations = (identity: TextMap, mark: Mark, highest: number): TextMap => ({
  ...identity,
  [LAYOUT]: '1',
  [DELETED]: 'true',
  ...markAnnotations(mark),
  [VERSION]: String(highest),
});

/** A tombstone's only label: no list of living secrets finds it. */
export const TOMBSTONE_LABELS: TextMap = { 'coffer-tombstone': 'true' };

/** Labels of others stay. */
export const livingLabels = (before: TextMap, identity: TextMap): TextMap => {
  const own = new Set<string>([...IDENTITY_NAMES, ...Object.keys(TOMBSTONE_LABELS)]);
  return { ...Object.fromEntries(Object.entries(before).filter(([name]) => !own.has(name))), ...identity };
};

/** The alias of the version that counts, for readers that may access versions and see nothing else. */
export const ALIAS = 'coffer';

export const aliasesWith = (
  before: Readonly<Record<string, number>>,
  version: number | undefined,
): Readonly<Record<string, number>> => {
  const { [ALIAS]: _, ...others } = before;
  return version === undefined ? others : { ...others, [ALIAS]: version };
};

/** The version of a write: its fence, and the etag, which moves when anybody changes the secret's metadata. */
export const versionText = ({ fence, etag }: Pick<SecretState, 'fence' | 'etag'>): string =>
  [fence?.toString(), etag.replace(/^"|"$/g, '')].filter((part) => part !== undefined && part !== '').join('.');

/** What is answered of a secret, beside its value. */
export const describedBy = (state: SecretState) => {
  const { metadata, revision, changed } = state;
  return { metadata, version: versionText(state), revision, ...(changed === undefined ? {} : { changed }) };
};
