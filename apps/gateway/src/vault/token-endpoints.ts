import { z } from 'zod';
import { endpoint } from '../http/endpoint/endpoint.js';
import { answered } from './answers.js';
import { anyQuery } from './system-endpoints.js';

const tokenAnswer = answered(
  z.strictObject({
    accessor: z.literal(''),
    creation_time: z.int(),
    creation_ttl: z.int(),
    display_name: z.string(),
    entity_id: z.literal(''),
    expire_time: z.string().nullable(),
    explicit_max_ttl: z.literal(0),
    id: z.string().meta({ description: 'The token that the request has shown.' }),
    issue_time: z.string(),
    meta: z.null(),
    num_uses: z.literal(0),
    orphan: z.literal(true),
    path: z.string(),
    policies: z.array(z.string()).meta({ description: 'TENANT/NAMESPACE:PERMISSIONS of each grant.' }),
    renewable: z.literal(false),
    ttl: z.int().meta({ description: 'Seconds for which the token counts yet; 0: for ever.' }),
    type: z.literal('service'),
  }),
).meta({ id: 'VaultToken' });

export const lookUpSelf = endpoint({
  id: 'lookUpVaultSelf',
  face: 'vault',
  method: 'GET',
  path: '/auth/token/lookup-self',
  access: 'authenticated',
  summary: 'Who is calling',
  query: anyQuery,
  headers: z.object({ 'x-vault-token': z.string().optional(), authorization: z.string().optional() }),
  answers: { 200: { description: 'What is known of the token.', body: tokenAnswer } },
});

export const postLookUpSelf = endpoint({ ...lookUpSelf, id: 'postVaultLookUpSelf', method: 'POST', summary: 'As GET' });
