import { identityHash, sortedTags } from '@coffer/backend-contract';
import {
  CofferError,
  parseFence,
  readJson,
  type Fence,
  type SecretMetadata,
  type SecretPath,
  type Tag,
} from '@coffer/secrets';
import type { Parameter, Row } from './dialects/dialect.js';

/** The id of the row of a secret. */
export const identityOf = (prefix: string, path: SecretPath): Buffer =>
  identityHash(prefix, path.tenant, path.namespace, path.key);

const corrupt = (column: string): CofferError =>
  new CofferError(
    'corrupt',
    `the table coffer_secrets holds something else than Coffer wrote, in the column ${column}`,
  );

/** A text column; MySQL answers those that it compares byte by byte as bytes. */
export const textOf = (row: Row, column: string): string => {
  const stored = row[column];
  if (typeof stored === 'string') return stored;
  if (stored instanceof Uint8Array) return Buffer.from(stored).toString('utf8');
  throw corrupt(column);
};

export const bytesOf = (row: Row, column: string): Uint8Array | undefined => {
  const stored = row[column];
  if (stored == null) return undefined;
  if (stored instanceof Uint8Array) return stored;
  throw corrupt(column);
};

export const fenceOf = (row: Row): Fence => parseFence(textOf(row, 'fence_text'));

/** A BIGINT that a JavaScript number holds; drivers answer it as text or as a number. `undefined` for NULL. */
const numberOf = (row: Row, column: string): number | undefined => {
  const stored = row[column];
  if (stored == null) return undefined;
  const number = typeof stored === 'string' || typeof stored === 'number' ? Number(stored) : NaN;
  if (!Number.isSafeInteger(number)) throw corrupt(column);
  return number;
};

export const revisionOf = (row: Row): number => {
  const revision = numberOf(row, 'revision');
  if (revision === undefined) throw corrupt('revision');
  return revision;
};

/** To be spread into what is answered of the row. */
export const changedOf = (row: Row): { readonly changed?: number } => {
  const changed = numberOf(row, 'changed');
  return changed === undefined ? {} : { changed };
};

/** Milliseconds travel as text, as fences do. */
export const changedColumn = (changed: number | undefined): Parameter =>
  changed === undefined ? null : changed.toString();

const isTag = (candidate: unknown): candidate is [string, string] =>
  Array.isArray(candidate) && candidate.length === 2 && candidate.every((part) => typeof part === 'string');

const tagsOf = (row: Row): Tag[] => {
  let pairs: unknown;
  try {
    pairs = Object.entries(readJson(textOf(row, 'tags')) as object);
  } catch {
    throw corrupt('tags');
  }
  if (!Array.isArray(pairs) || !pairs.every(isTag)) throw corrupt('tags');
  return sortedTags(pairs.map(([key, value]) => ({ key, value })));
};

export const metadataOf = (row: Row): SecretMetadata => {
  const description = row['description'] == null ? '' : textOf(row, 'description');
  return { ...(description === '' ? {} : { description }), tags: tagsOf(row) };
};

/** No description and an empty one are the same. */
export const descriptionColumn = (description: string | undefined): Parameter =>
  description === undefined || description === '' ? null : description;

/** A JSON object, so that an operator can query it. */
export const tagsColumn = (tags: readonly Tag[]): string =>
  JSON.stringify(Object.fromEntries(tags.map(({ key, value }) => [key, value])));

/** What a row says beside its path and its value. */
export const describedBy = (row: Row) => ({
  metadata: metadataOf(row),
  version: fenceOf(row).toString(),
  revision: revisionOf(row),
  ...changedOf(row),
});
