import {
  exactJsonText,
  SecretValue,
  type Fence,
  type JsonObject,
  type SecretMetadata,
  type SecretPath,
} from '@coffer/secrets';
import type { SecretLayout } from '../layout.js';
import { OWN, customTags, originOf, ownFieldData, ownFieldOf, type OwnField } from './own-field.js';
import { versionText, type Version } from './version.js';

const VALUE = 'value';

/** A revision fits 31 bits; a count of Vault's that does not is no revision. */
const MAX_COUNT = 2n ** 31n;

/**
 * What a place holds for a path. `revision`: puts and deletes of the secret so far, each version that another program made
 * counting as one; of what Coffer has never written, Vault's own number of the version. `floor`: the highest fence that is known to have been written; a lower one comes too
 * late. It outlives a change by another program that leaves our field, which `fence`, the version's own, does not.
 */
export type Holding =
  | { readonly kind: 'absent'; readonly floor?: Fence; readonly revision: number; readonly changed?: number }
  | { readonly kind: 'neighbour' }
  | {
      readonly kind: 'secret';
      readonly floor?: Fence;
      readonly fence?: Fence;
      readonly revision: number;
      /** When Coffer's latest change was accepted; absent where the version is another program's. */
      readonly changed?: number;
      /** All but our own. */
      readonly fields: JsonObject;
      readonly metadata: SecretMetadata;
    };

/** Throws `corrupt`. */
export const holdingOf = (version: Version | undefined, layout: SecretLayout, path: SecretPath): Holding => {
  if (version?.data === undefined) return { kind: 'absent', revision: countOf(version) };
  const own = ownFieldOf(version.data);
  if (own === undefined) {
    const metadata = { tags: customTags(version.custom) };
    return { kind: 'secret', fields: version.data, metadata, revision: countOf(version) };
  }
  const origin = originOf(own, layout, path);
  if (origin === 'neighbour') return { kind: 'neighbour' };
  const { [OWN]: _, ...fields } = version.data;
  const isOurs = origin === 'same';
  const revision = isOurs ? own.revision + Number(version.number - own.version) : countOf(version);
  const floor = isOurs ? { floor: own.fence } : {};
  const isLatest = isOurs && own.version === version.number;
  const time = isLatest && own.changed !== undefined ? { changed: own.changed } : {};
  if (own.deleted && Object.keys(fields).length === 0) return { kind: 'absent', ...floor, revision, ...time };
  const fence = isLatest ? { fence: own.fence } : {};
  return { kind: 'secret', ...floor, ...fence, ...time, revision, fields, metadata: own.metadata };
};

const countOf = (version: Version | undefined): number => {
  if (version === undefined) return 0;
  return version.number < MAX_COUNT ? Number(version.number) : 1;
};

/** What is answered of what is there, beside its value. */
export const describedBy = (version: Version, holding: Exclude<Holding, { kind: 'neighbour' }>) => {
  const { revision, changed } = holding;
  const metadata: SecretMetadata = holding.kind === 'secret' ? holding.metadata : { tags: [] };
  return { version: versionText(version), metadata, revision, ...(changed === undefined ? {} : { changed }) };
};

/** The text of `value` where there is nothing else, else all fields as JSON, whose members are the subkeys. */
export const valueOf = (fields: JsonObject): SecretValue => {
  const { [VALUE]: value, ...others } = fields;
  const alone = typeof value === 'string' && Object.keys(others).length === 0;
  return new SecretValue(alone ? value : exactJsonText(fields));
};

export const fieldsOf = (value: SecretValue): JsonObject => ({ [VALUE]: value.reveal() });

/** Whether another program's field has the name of ours, so that ours would take its place. */
export const isCrowded = (fields: JsonObject): boolean => Object.hasOwn(fields, OWN);

/** What a change is known by in the store. */
export type Mark = Pick<OwnField, 'fence' | 'revision' | 'changed'>;

/** The data of a new version; without fields a tombstone. */
export const dataOf = (
  change: { readonly fields?: JsonObject; readonly metadata: SecretMetadata } & Mark,
  version: bigint,
  { prefix }: SecretLayout,
  path: SecretPath,
): JsonObject => {
  const { fields, ...mark } = change;
  const deleted = fields === undefined;
  return { ...fields, [OWN]: ownFieldData({ ...mark, prefix, path: path.toString(), version, deleted }) };
};
