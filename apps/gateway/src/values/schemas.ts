import { readDuration } from '@coffer/config';
import { z } from 'zod';
import { problem } from '../http/errors/error-body.js';
import { flag } from '../http/request/flag.js';

export const MAX_BATCH = 500;
/** Below the minute after which this server, and most proxies, cut a connection on which nothing is said. */
export const MAX_WAIT_MS = 50_000;

export const resolveQuery = z.strictObject({
  subkey: z.string().optional().meta({ description: 'A field of a value that is a JSON object.' }),
  inherit: flag(true, 'Whether parent namespaces are asked where this one has no such key.'),
  refresh: flag(false, 'Whether a cached copy is passed over.'),
  wait: z
    .string()
    .transform((text, context) => {
      const milliseconds = readDuration(text);
      if (milliseconds !== undefined && milliseconds <= MAX_WAIT_MS) return milliseconds;
      context.addIssue({
        code: 'custom',
        message: `must be a duration of at most ${MAX_WAIT_MS / 1_000}s, such as 30s`,
      });
      return z.NEVER;
    })
    .optional()
    .meta({
      description:
        'Such as `30s`: the answer comes once the version is another one than `after`, or 304 at the end of the time.',
      override: { type: 'string' },
    }),
  after: z
    .string()
    .max(1_000)
    .optional()
    .meta({ description: 'With `wait`: a `version` or an `ETag`; empty for a secret that is not there yet.' }),
});

export const allQuery = z.strictObject({
  inherit: flag(true, 'Whether what the namespace sees of its parents is part of it.'),
  prefix: z.string().max(1_000).optional().meta({ description: 'Only keys that begin so.' }),
});

export const readHeaders = z.object({
  'if-none-match': z
    .string()
    .optional()
    .meta({ description: 'An `ETag`, or several: the answer is 304 where the secret is at this version.' }),
});

const found = {
  key: z.string(),
  namespace: z.string().meta({ description: 'Where the secret was found.' }),
  value: z.string(),
  version: z.string().meta({ description: 'Opaque; equal versions are the same write.' }),
  changed: z.iso.datetime().optional().meta({ description: 'When Coffer wrote this version, where that is known.' }),
};

export const resolvedSecret = z.strictObject(found).meta({ id: 'ResolvedSecret' });

export const resolveBody = z
  .strictObject({
    keys: z
      .array(z.strictObject({ key: z.string(), subkey: z.string().nullish(), namespace: z.string().nullish() }))
      .min(1, `must have 1 to ${MAX_BATCH} keys`)
      .max(MAX_BATCH, `must have 1 to ${MAX_BATCH} keys`),
  })
  .meta({ id: 'ResolveBatch' });

export const resolvedItem = z
  .union([
    resolvedSecret,
    z.strictObject({ key: z.string(), namespace: z.string(), error: problem.meta({ id: 'ItemProblem' }) }),
  ])
  .meta({ id: 'ResolvedItem', description: 'In the order of the request: the secret, or what went wrong with it.' });

export const allValues = z
  .strictObject({
    values: z.record(z.string(), z.string()),
    versions: z.record(z.string(), z.string()),
    changed: z
      .record(z.string(), z.iso.datetime())
      .meta({ description: 'When Coffer wrote these versions, where that is known.' }),
  })
  .meta({ id: 'AllValues', description: 'By key.' });
