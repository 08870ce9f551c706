import type { Capabilities } from '@coffer/backend-contract';

export const STORE = 'Vault';

/**
 * The limits are Coffer's own, as for the SQL adapter: a write travels in one message of Kafka, whose default maximum is
 * 1,048,588 bytes. Vault takes requests of 32 MiB (`max_request_size`), and its storage 1 MiB an entry with raft
 * (`max_entry_size`) or 512 KiB with Consul (https://developer.hashicorp.com/vault/docs/internals/limits).
 */
export const CAPABILITIES: Capabilities = {
  store: STORE,
  conditionalWrites: 'atomic',
  strongReads: true,
  tombstones: true,
  externalSecrets: true,
  prefixes: true,
  limits: { valueBytes: 524_288, descriptionBytes: 16_384, tags: { count: 64, keyLength: 128, valueLength: 256 } },
};
