import { z } from 'zod';
import { endpoint } from '../http/endpoint/endpoint.js';
import { pageQuery } from '../http/request/paging.js';

const undelivered = z
  .strictObject({
    id: z.string(),
    webhook: z.string().meta({ description: 'The id of its webhook.' }),
    tenant: z.string().optional(),
    namespace: z.string().optional(),
    key: z
      .string()
      .optional()
      .meta({ description: 'Absent, with tenant and namespace, for an event about no secret.' }),
    reason: z.string().meta({
      description:
        'Why the last attempt failed: `http` and the status, `timeout`, or the code of the connection’s error; `the receiver was away` where none was made.',
    }),
    attempts: z.int(),
    time: z.iso.datetime().meta({ description: 'When it was given up.' }),
  })
  .meta({ id: 'UndeliveredEvent', description: 'An event that a receiver did not take in time; never a value.' });

const page = z.strictObject({ results: z.array(undelivered), total: z.int() }).meta({ id: 'UndeliveredEventPage' });

export const listUndeliveredEvents = endpoint({
  id: 'listUndeliveredEvents',
  face: 'coffer',
  method: 'GET',
  path: '/webhooks/dead-letters',
  access: { inTenant: ['admin'] },
  audit: { action: 'webhook.dead-letter.list' },
  summary: 'Events of webhooks that were given up, oldest first',
  description:
    'Those about secrets of the namespaces that the caller administers; events about no secret are shown to whoever administers every tenant.',
  query: pageQuery,
  answers: { 200: { description: 'A page, and how many there are in all.', body: page } },
});

export const replayUndeliveredEvent = endpoint({
  id: 'replayUndeliveredEvent',
  face: 'coffer',
  method: 'POST',
  path: '/webhooks/dead-letters/{id}/replay',
  access: { inTenant: ['admin'] },
  audit: { action: 'webhook.dead-letter.replay', required: true, intent: true },
  summary: 'Post the event to its receiver again, once',
  description:
    'Once the receiver has taken it the dead letter is gone; until then it is kept. It comes after whatever was told of its secret since: `sequence` says so.',
  answers: { 204: { description: 'The receiver has taken it.' } },
  errors: ['not-found', 'conflict', 'unavailable', 'audit-unavailable'],
});

export const discardUndeliveredEvent = endpoint({
  id: 'discardUndeliveredEvent',
  face: 'coffer',
  method: 'DELETE',
  path: '/webhooks/dead-letters/{id}',
  access: { inTenant: ['admin'] },
  audit: { action: 'webhook.dead-letter.discard', required: true, intent: true },
  summary: 'Forget an event that was given up; forgetting what is not there succeeds',
  answers: { 204: { description: 'There is no such dead letter.' } },
  errors: ['audit-unavailable'],
});
