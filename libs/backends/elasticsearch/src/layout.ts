import { identityHash } from '@coffer/backend-contract';
import { CofferError, parseFence, type Fence, type SecretMetadata, type SecretPath, type Tag } from '@coffer/secrets';

/** `_source` of a document. The fields are those of the mapping, which is strict. */
export interface SecretDocument {
  readonly tenant: string;
  readonly namespace: string;
  readonly key: string;
  /** Decimal text: a JSON number would lose what lies beyond 2^53. */
  readonly fence: string;
  /** Puts and deletes of the secret, this one included. */
  readonly revision: number;
  /** When the latest change was accepted, in milliseconds since the Unix epoch. */
  readonly changed?: number;
  /** A tombstone: it keeps fence, revision and time of the delete and nothing else. */
  readonly deleted: boolean;
  /** The sealed value as base64; absent from a tombstone. */
  readonly value?: string;
  readonly description?: string;
  readonly tags: readonly Tag[];
}

/** The `_id` of a secret's document: 43 bytes, of the 512 that Elasticsearch allows. */
export const identityOf = ({ tenant, namespace, key }: SecretPath): string =>
  identityHash(tenant, namespace, key).toString('base64url');

const corrupt = (field: string): CofferError =>
  new CofferError('corrupt', `the index holds something else than Coffer wrote, in the field ${field}`);

const textOf = (source: Readonly<Record<string, unknown>>, field: string): string => {
  const stored = source[field];
  if (typeof stored !== 'string') throw corrupt(field);
  return stored;
};

const numberOf = (source: Readonly<Record<string, unknown>>, field: string): number => {
  const stored = source[field];
  if (typeof stored !== 'number' || !Number.isSafeInteger(stored)) throw corrupt(field);
  return stored;
};

const isTag = (candidate: unknown): candidate is Tag =>
  typeof candidate === 'object' &&
  candidate !== null &&
  'key' in candidate &&
  typeof candidate.key === 'string' &&
  'value' in candidate &&
  typeof candidate.value === 'string';

const tagsOf = (source: Readonly<Record<string, unknown>>): Tag[] => {
  const stored = source['tags'];
  if (!Array.isArray(stored) || !stored.every(isTag)) throw corrupt('tags');
  return stored.map(({ key, value }) => ({ key, value }));
};

/** The document of a whole `_source`, or of one without its value. Throws `corrupt`. */
export const documentOf = (source: unknown): SecretDocument => {
  if (typeof source !== 'object' || source === null) throw corrupt('_source');
  const fields = source as Readonly<Record<string, unknown>>;
  const { deleted, value, description, changed } = fields;
  if (typeof deleted !== 'boolean') throw corrupt('deleted');
  return {
    tenant: textOf(fields, 'tenant'),
    namespace: textOf(fields, 'namespace'),
    key: textOf(fields, 'key'),
    fence: textOf(fields, 'fence'),
    revision: numberOf(fields, 'revision'),
    ...(changed == null ? {} : { changed: numberOf(fields, 'changed') }),
    deleted,
    ...(value == null ? {} : { value: textOf(fields, 'value') }),
    ...(description == null ? {} : { description: textOf(fields, 'description') }),
    tags: tagsOf(fields),
  };
};

export const fenceOf = (document: SecretDocument): Fence => parseFence(document.fence);

export const metadataOf = ({ description, tags }: SecretDocument): SecretMetadata => ({
  ...(description === undefined ? {} : { description }),
  tags,
});

/** What is answered of a document, beside its value. */
export const describedBy = (document: SecretDocument) => {
  const { revision, changed } = document;
  const version = fenceOf(document).toString();
  return { metadata: metadataOf(document), version, revision, ...(changed === undefined ? {} : { changed }) };
};

/** What a change leaves in a document beside what it says. */
export interface DocumentMark {
  readonly fence: Fence;
  readonly revision: number;
  readonly changed?: number;
}

const markFields = ({ fence, revision, changed }: DocumentMark) => ({
  ...{ fence: fence.toString(), revision },
  ...(changed === undefined ? {} : { changed }),
});

/** No description and an empty one are the same. */
const metadataFields = ({ description, tags }: SecretMetadata): Pick<SecretDocument, 'description' | 'tags'> => ({
  ...(description === undefined || description === '' ? {} : { description }),
  tags,
});

export const secretDocument = (
  { tenant, namespace, key }: SecretPath,
  mark: DocumentMark,
  sealed: string,
  metadata: SecretMetadata,
): SecretDocument => ({
  ...{ tenant, namespace, key, ...markFields(mark), deleted: false, value: sealed },
  ...metadataFields(metadata),
});

export const tombstone = ({ tenant, namespace, key }: SecretPath, mark: DocumentMark): SecretDocument => ({
  ...{ tenant, namespace, key, ...markFields(mark), deleted: true, tags: [] },
});
