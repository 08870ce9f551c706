import { PERMISSIONS } from '@coffer/access';
import { z } from 'zod';
import { endpoint } from '../http/endpoint/endpoint.js';

const operationState = z
  .strictObject({
    id: z.string(),
    state: z.enum(['pending', 'applied', 'failed']),
    code: z.string().optional().meta({ description: 'Why it failed; docs/http-errors.md lists the codes.' }),
  })
  .meta({ id: 'Operation' });

export const getOperation = endpoint({
  id: 'getOperation',
  face: 'coffer',
  method: 'GET',
  path: '/operations/{id}',
  access: { inTenant: PERMISSIONS },
  audit: { action: 'operation.read' },
  summary: 'What became of a write',
  answers: { 200: { description: 'Its state.', body: operationState } },
  errors: ['operation-expired'],
});
