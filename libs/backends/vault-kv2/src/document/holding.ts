import { SecretValue, type Fence, type SecretMetadata, type SecretPath } from '@coffer/secrets';
import { jsonText, type JsonObject } from '../json.js';
import type { SecretLayout } from '../layout.js';
import { OWN, customTags, originOf, ownFieldData, ownFieldOf } from './own-field.js';
import type { Version } from './version.js';

const VALUE = 'value';

/**
 * What a place holds for a path. `floor`: the highest fence that is known to have been written; a lower one comes too
 * late. It outlives a change by another program that leaves our field, which `fence`, the version's own, does not.
 */
export type Holding =
  | { readonly kind: 'absent'; readonly floor?: Fence }
  | { readonly kind: 'neighbour' }
  | {
      readonly kind: 'secret';
      readonly floor?: Fence;
      readonly fence?: Fence;
      /** All but our own. */
      readonly fields: JsonObject;
      readonly metadata: SecretMetadata;
    };

/** Throws `corrupt`. */
export const holdingOf = (version: Version | undefined, layout: SecretLayout, path: SecretPath): Holding => {
  if (version?.data === undefined) return { kind: 'absent' };
  const own = ownFieldOf(version.data);
  if (own === undefined) {
    return { kind: 'secret', fields: version.data, metadata: { tags: customTags(version.custom) } };
  }
  const origin = originOf(own, layout, path);
  if (origin === 'neighbour') return { kind: 'neighbour' };
  const { [OWN]: _, ...fields } = version.data;
  const floor = origin === 'same' ? { floor: own.fence } : {};
  if (own.deleted && Object.keys(fields).length === 0) return { kind: 'absent', ...floor };
  const fence = origin === 'same' && own.version === version.number ? { fence: own.fence } : {};
  return { kind: 'secret', ...floor, ...fence, fields, metadata: own.metadata };
};

/** The text of `value` where there is nothing else, else all fields as JSON, whose members are the subkeys. */
export const valueOf = (fields: JsonObject): SecretValue => {
  const { [VALUE]: value, ...others } = fields;
  const alone = typeof value === 'string' && Object.keys(others).length === 0;
  return new SecretValue(alone ? value : jsonText(fields));
};

export const fieldsOf = (value: SecretValue): JsonObject => ({ [VALUE]: value.reveal() });

/** Whether another program's field has the name of ours, so that ours would take its place. */
export const isCrowded = (fields: JsonObject): boolean => Object.hasOwn(fields, OWN);

/** The data of a new version; without fields a tombstone. */
export const dataOf = (
  change: { readonly fields?: JsonObject; readonly metadata: SecretMetadata; readonly fence: Fence },
  version: bigint,
  { prefix }: SecretLayout,
  path: SecretPath,
): JsonObject => {
  const { fields, metadata, fence } = change;
  const deleted = fields === undefined;
  return { ...fields, [OWN]: ownFieldData({ fence, prefix, path: path.toString(), version, deleted, metadata }) };
};
