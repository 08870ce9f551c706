import { MAX_GENERATION } from '@coffer/secrets';
import { z } from 'zod';
import { access } from './access.js';
import { audit } from './audit.js';
import { limits } from './limits.js';
import { probe } from './probe.js';
import { redis } from './redis.js';
import { choice, duration, wholeNumber } from './scalars.js';
import { server } from './server.js';
import { webhooks } from './webhook.js';
import { vaultApi } from './vault-api.js';

const FIVE_MINUTES = 300_000;

const messaging = z
  .strictObject({
    /** Raised by one whenever the mutations topic is made anew. */
    generation: wholeNumber(1, MAX_GENERATION)
      .default(1)
      .describe('Raised by one whenever the mutations topic is made anew.'),
    /** Partitions of the mutations topic; fixed once the topics are made. */
    partitions: wholeNumber(1, 1_000).default(12).describe('Partitions of the mutations topic; fixed once it is made.'),
    /** Partitions of the coherence log; fixed once the topics are made. */
    shards: wholeNumber(1, 1_000).default(4).describe('Partitions of the coherence log; fixed once it is made.'),
  })
  .refine(({ partitions, shards }) => shards <= partitions, {
    path: ['shards'],
    message: 'must not be more than partitions: each partition belongs to one shard',
  });

/** Settings of `coffer` that need nothing from elsewhere. Durations come out in milliseconds. */
export const plainCofferFields = {
  redis: redis.optional(),
  probe: probe.optional(),
  messaging: messaging.prefault({}),
  catalogue: z
    .strictObject({
      refresh: duration
        .default(FIVE_MINUTES)
        .describe('How often each store is listed again, to see what changed there without Coffer.'),
    })
    .prefault({}),
  cache: z
    .strictObject({
      mode: choice(['strict', 'bounded'])
        .default('strict')
        .describe('`strict`: no read is older than an acknowledged write. `bounded`: at most `expireAfterWrite` old.'),
    })
    .prefault({}),
  server: server.prefault({}),
  vault: vaultApi.prefault({}),
  limits: limits.prefault({}),
  log: z
    .strictObject({
      level: choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
        .default('info')
        .describe('The least severe line that is written.'),
    })
    .prefault({}),
  access: access.prefault({}).meta({ empty: 'absent' }),
  audit: audit.prefault({}),
  webhooks: webhooks.prefault([]),
};

export const plainCofferSettings = z.object(plainCofferFields);
