import type { z } from 'zod';
import type { AuditedSecret } from '../http/audit/audited.js';
import { endpoint } from '../http/endpoint/endpoint.js';
import { writeHeaders } from '../http/request/write-headers.js';
import { ACTIONS } from './audited-change.js';
import { changesAnswer, changesBody, changesQuery } from './schemas.js';

/** Nothing is going to be changed by a plan. */
const intents = ({ body, query }: { readonly body: unknown; readonly query: unknown }): readonly AuditedSecret[] => {
  const { dryRun } = query as z.output<typeof changesQuery>;
  if (dryRun) return [];
  const { items } = body as z.output<typeof changesBody>;
  return items.map(({ action, namespace, key }) => ({ action: ACTIONS[action], namespace, key }));
};

export const changeSecrets = endpoint({
  id: 'changeSecrets',
  face: 'coffer',
  method: 'POST',
  path: '/changes',
  access: { inTenant: ['write', 'delete'] },
  audit: { action: 'secret.plan', required: true, intents },
  summary: 'Plan or apply up to 500 changes; each is answered by itself',
  description:
    'Each item needs its own permission, and a secret is named by one item at most. A copy is read back and compared; a move ' +
    'deletes its source after that, unless it was changed meanwhile. Items that do not come about in time are `failed` ' +
    'with `timeout` where they were not begun, and `pending` where their outcome is not known.',
  headers: writeHeaders.pick({ 'idempotency-key': true, traceparent: true }),
  query: changesQuery,
  body: changesBody,
  answers: {
    200: { description: 'What would happen, or happened, in the order of the request.', body: changesAnswer },
  },
  errors: ['answer-too-large', 'overloaded', 'rate-limited', 'audit-unavailable', 'unavailable'],
});
