import type { Capabilities } from '@coffer/backend-contract';

/**
 * The limits are Coffer's own, for the databases take more. Value, description and tags of a write travel in one
 * message, and Kafka's default maximum is 1,048,588 bytes: 512 KiB of value, 16 KiB of description and at most 96 KiB
 * of tags leave room for the envelope. 128 code points of tag key and 256 of value are what AWS allows.
 */
export const capabilitiesOf = (store: string): Capabilities => ({
  store,
  conditionalWrites: 'atomic',
  strongReads: true,
  tombstones: true,
  externalSecrets: false,
  prefixes: true,
  limits: { valueBytes: 524_288, descriptionBytes: 16_384, tags: { count: 64, keyLength: 128, valueLength: 256 } },
});
