import { z } from 'zod';
import { duration, flag, wholeNumber } from './scalars.js';

/** `kestra.secret.cache`. */
export const cache = z.strictObject({
  enabled: flag
    .default(false)
    .describe('Keeps values in the memory of gateways, and in Redis where `coffer.redis` is set.'),
  /** Entries. */
  maximumSize: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(1_000).describe('Entries in the memory of one gateway.'),
  /** Milliseconds from an entry's creation, read or not. */
  expireAfterWrite: duration
    .default(60_000)
    .describe('How long an entry is used, read or not, counted from before the store was asked.'),
});

export type CacheSettings = z.output<typeof cache>;
