import type { Capabilities } from '@coffer/backend-contract';

export const STORE = 'Elasticsearch';

/**
 * The limits are Coffer's own, as for SQL: value, description and tags of a write travel in one message of Kafka, whose
 * default maximum is 1,048,588 bytes. Elasticsearch's own are far away: `http.max_content_length` is 100 MB, and a
 * keyword ends at 32,766 bytes, of which a key (1,024), a tag's key (512) and a tag's value (1,024) stay clear.
 */
export const CAPABILITIES: Capabilities = {
  store: STORE,
  conditionalWrites: 'atomic',
  strongReads: true,
  tombstones: true,
  externalSecrets: false,
  prefixes: true,
  limits: { valueBytes: 524_288, descriptionBytes: 16_384, tags: { count: 64, keyLength: 128, valueLength: 256 } },
};
