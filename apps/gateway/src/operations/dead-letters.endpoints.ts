import { z } from 'zod';
import { MUTATION_KINDS } from '@coffer/secrets';
import { endpoint } from '../http/endpoint/endpoint.js';
import { pageQuery } from '../http/request/paging.js';

const accepted = z
  .strictObject({ id: z.string().meta({ description: 'Id of the operation.' }), state: z.literal('pending') })
  .meta({ id: 'ReplayedDeadLetter' });

const deadLetter = z
  .strictObject({
    id: z.string(),
    tenant: z.string().optional(),
    namespace: z.string().optional(),
    key: z
      .string()
      .optional()
      .meta({ description: 'Absent, with tenant and namespace, when the mutation names no secret.' }),
    kind: z.enum(MUTATION_KINDS),
    code: z.string().meta({ description: 'Why it failed; docs/http-errors.md lists the codes.' }),
    operation: z.string().meta({ description: 'The write that failed.' }),
    time: z.iso.datetime().meta({ description: 'When it was given up.' }),
  })
  .meta({ id: 'DeadLetter', description: 'A write that failed for good; never its value.' });

const deadLetterPage = z.strictObject({ results: z.array(deadLetter), total: z.int() }).meta({ id: 'DeadLetterPage' });

export const listDeadLetters = endpoint({
  id: 'listDeadLetters',
  face: 'coffer',
  method: 'GET',
  path: '/dead-letters',
  access: { inTenant: ['admin'] },
  audit: { action: 'dead-letter.list' },
  summary: 'Writes that failed for good, oldest first',
  description:
    'Those of the namespaces that the caller administers. Mutations that name no secret are shown to whoever administers every tenant.',
  query: pageQuery,
  answers: { 200: { description: 'A page, and how many there are in all.', body: deadLetterPage } },
});

export const replayDeadLetter = endpoint({
  id: 'replayDeadLetter',
  face: 'coffer',
  method: 'POST',
  path: '/dead-letters/{id}/replay',
  access: { inTenant: ['admin'] },
  audit: { action: 'dead-letter.replay', required: true, intent: true },
  summary: 'Queue the write again',
  description:
    'Needs `write` (for a deletion `delete`) in the namespace of the letter as well. It counts as written now, also over what was written to its key since it failed. If it fails again it becomes a new dead letter.',
  answers: { 202: { description: 'Queued; `Location` is where its state can be asked.', body: accepted } },
  errors: ['not-found', 'overloaded', 'audit-unavailable'],
});

export const discardDeadLetter = endpoint({
  id: 'discardDeadLetter',
  face: 'coffer',
  method: 'DELETE',
  path: '/dead-letters/{id}',
  access: { inTenant: ['admin'] },
  audit: { action: 'dead-letter.discard', required: true, intent: true },
  summary: 'Forget a dead letter; forgetting what is not there succeeds',
  answers: { 204: { description: 'There is no such dead letter.' } },
  errors: ['audit-unavailable'],
});
