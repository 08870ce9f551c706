import { z } from 'zod';
import { duration, flag, wholeNumber } from './scalars.js';

/** `kestra.secret.cache`. */
export const cache = z.strictObject({
  enabled: flag.default(false),
  /** Entries. */
  maximumSize: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(1_000),
  /** Milliseconds from an entry's creation, read or not. */
  expireAfterWrite: duration.default(60_000),
});

export type CacheSettings = z.output<typeof cache>;
