import type { Capabilities } from '@coffer/backend-contract';

export const STORE = 'Azure Key Vault';

/** https://learn.microsoft.com/en-us/azure/key-vault/secrets/about-secrets: 25k bytes; 15 tags, 256 characters each. */
export const VALUE_BYTES = 25 * 1024;
export const TAGS = 15;
export const TAG_LENGTH = 256;

/**
 * Eight of the fifteen tags are Coffer's: namespace, key, prefix, tenant, the fence, and those that a long key and a
 * description need. The service counts UTF-16 units, so a tag's key of emoji ends at half of its 256 characters.
 */
export const capabilities: Capabilities = {
  store: STORE,
  conditionalWrites: 'checked',
  strongReads: true,
  tombstones: true,
  externalSecrets: true,
  prefixes: true,
  limits: {
    valueBytes: VALUE_BYTES,
    descriptionBytes: 2 * TAG_LENGTH,
    tags: { count: TAGS - 8, keyLength: TAG_LENGTH / 2, valueLength: TAG_LENGTH },
  },
};
