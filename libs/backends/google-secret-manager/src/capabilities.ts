import type { Capabilities, ConditionalWrites } from '@coffer/backend-contract';

export const STORE = 'Google Secret Manager';

/** "The total size of annotation keys and values must be less than 16KiB": the service's `.proto`, `Secret.annotations`. */
export const MAX_ANNOTATION_BYTES = 16_383;

/** Code points of the prefix at most, so that description and tags at their limits still fit the annotations beside it. */
export const MAX_PREFIX = 128;

/**
 * A payload has at most 64 KiB (https://cloud.google.com/secret-manager/quotas). Everything else lies in the annotations,
 * which share 16 KiB: names take at most 2,112 bytes, Coffer's own fields 400, the description 2,048, and sixteen tags of
 * at most 4 · (63 + 120) + 2 bytes take 11,744.
 */
export const capabilitiesOf = (conditionalWrites: ConditionalWrites): Capabilities => ({
  store: STORE,
  conditionalWrites,
  // https://cloud.google.com/secret-manager/docs/reference/consistency: all but the payload of a version is eventual.
  strongReads: false,
  tombstones: true,
  externalSecrets: true,
  prefixes: true,
  limits: { valueBytes: 65_536, descriptionBytes: 2_048, tags: { count: 16, keyLength: 63, valueLength: 120 } },
});
