import { z } from 'zod';
import { endpoint } from '../http/endpoint/endpoint.js';

const count = z.int();

const store = z
  .strictObject({
    name: z.string(),
    tenant: z.string().optional().meta({ description: 'Absent: every tenant without a store of its own.' }),
    namespace: z.string().optional().meta({ description: 'With those below it; absent: all of the tenant.' }),
    type: z.string(),
    readOnly: z.boolean(),
    conditionalWrites: z.enum(['atomic', 'checked', 'none']),
    health: z.strictObject({ state: z.enum(['ok', 'down']), reason: z.string().optional() }),
    breaker: z.enum(['closed', 'open']),
    rates: z
      .strictObject({ reads: z.number(), writes: z.number(), lists: z.number() })
      .partial()
      .meta({ description: 'Calls in a second that the store’s published limits leave room for.' }),
    secrets: count.optional().meta({ description: 'Secrets of the tenant; absent before the store is listed.' }),
    drift: z
      .strictObject({ appeared: count, changed: count, deleted: count })
      .optional()
      .meta({ description: 'Secrets of the tenant changed without Coffer, as far as this gateway remembers them.' }),
  })
  .meta({ id: 'StoreState' });

const instance = z
  .strictObject({
    version: z.string(),
    reads: z.strictObject({ l1: count, l2: count, store: count, hitRatio: z.number().optional() }),
    leases: z.array(z.strictObject({ shard: z.string(), held: z.boolean() })),
    staleReads: count,
    probe: z.strictObject({ fresh: count, stale: count, failed: count }),
    writesWaiting: count,
    writesUnfinished: count,
    writesWaitedMs: z
      .number()
      .optional()
      .meta({ description: 'Mean time for which writes waited for readers; where this process coordinates.' }),
    eventStreams: count,
  })
  .meta({ id: 'InstanceState', description: 'What this gateway counted since it started.' });

const process = z
  .string()
  .optional()
  .meta({ description: 'Id of one life of the process; absent where its version of Coffer does not say it.' });

const processes = z
  .strictObject({
    gateways: z
      .array(
        z.strictObject({
          id: z.string().meta({ description: 'Id of one life of a process.' }),
          self: z.boolean().meta({ description: 'Whether it is the one that answers.' }),
          leases: count.meta({ description: 'Shards for which it holds a lease now.' }),
          lastSeen: z.iso.datetime(),
        }),
      )
      .meta({ description: 'Those that held a lease within the last 5 minutes, at most 1,000.' }),
    coordinators: z
      .array(z.strictObject({ shard: count, process, since: z.iso.datetime() }))
      .meta({ description: 'Since when each shard of the log has the coordinator that it has.' }),
    workers: z
      .array(z.strictObject({ partition: count, process, since: z.iso.datetime() }))
      .meta({ description: 'Since when each partition of the queue has the worker that it has.' }),
  })
  .meta({ id: 'ProcessesState', description: 'All processes, as far as the log shows them within its replay window.' });

export const systemState = z
  .strictObject({
    stores: z
      .array(store)
      .meta({ description: 'Those that serve the tenant, and whose scope the caller administers.' }),
    deadLetters: count.optional().meta({ description: 'Absent where they cannot be read.' }),
    instance: instance.optional().meta({ description: 'For who administers every tenant.' }),
    processes: processes.optional().meta({ description: 'For who administers every tenant.' }),
    keys: z
      .array(z.strictObject({ id: z.string(), active: z.boolean() }))
      .optional()
      .meta({ description: 'Encryption keys of this process; for who administers every tenant.' }),
  })
  .meta({ id: 'SystemState' });

export const showSystem = endpoint({
  id: 'showSystem',
  face: 'coffer',
  method: 'GET',
  path: '/system',
  access: { inTenant: ['admin'] },
  audit: { action: 'system.show' },
  summary: 'Stores, this gateway, dead letters and keys, as they are',
  answers: { 200: { description: 'What this gateway knows.', body: systemState } },
});
