import type { Capabilities, ConditionalWrites } from '@coffer/backend-contract';
import { brokenTagRule } from './user-tags.js';

export const STORE = 'AWS Secrets Manager';

/** Tags of one secret, and what Coffer needs of them: identity, a long path's parts, room for removed tags. */
export const TAGS = 50;
const RESERVED = 18;

/**
 * Values: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html. Descriptions: 2,048
 * characters, here bytes, so that no unit of the service's own can be exceeded. Tags: 127 and 255 characters, as
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html has it; the type of a tag allows
 * one more of each. Rates, on the same page: PutSecretValue, UpdateSecret and UpdateSecretVersionStage 50 a second
 * together, of which a write needs two; DescribeSecret and GetSecretValue 10,000, of which a read may need two;
 * ListSecrets 100.
 */
export const capabilitiesOf = (conditionalWrites: ConditionalWrites): Capabilities => ({
  store: STORE,
  conditionalWrites,
  strongReads: false,
  tombstones: true,
  externalSecrets: true,
  prefixes: true,
  limits: {
    valueBytes: 65_536,
    descriptionBytes: 2_048,
    tags: { count: TAGS - RESERVED, keyLength: 127, valueLength: 255, brokenRule: brokenTagRule },
  },
  rates: { reads: 5_000, writes: 25, lists: 100 },
});
