import { z } from 'zod';
import { endpoint } from '../http/endpoint/endpoint.js';
import { answered } from './answers.js';
import { anyQuery } from './system.endpoints.js';

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

const shown = z.object({ 'x-vault-token': z.string().optional(), authorization: z.string().optional() });

export const lookUpSelf = endpoint({
  id: 'lookUpVaultSelf',
  face: 'vault',
  method: 'GET',
  path: '/auth/token/lookup-self',
  access: 'authenticated',
  summary: 'Who is calling',
  query: anyQuery,
  headers: shown,
  answers: { 200: { description: 'What is known of the token.', body: tokenAnswer } },
});

export const postLookUpSelf = endpoint({ ...lookUpSelf, id: 'postVaultLookUpSelf', method: 'POST', summary: 'As GET' });
export const putLookUpSelf = endpoint({ ...postLookUpSelf, id: 'putVaultLookUpSelf', method: 'PUT' });

const renewal = {
  face: 'vault',
  path: '/auth/token/renew-self',
  access: 'authenticated',
  summary: 'Refused: tokens are not renewed; log in again',
  query: anyQuery,
  answers: {},
} as const;

export const postRenewSelf = endpoint({ ...renewal, id: 'postVaultRenewSelf', method: 'POST' });
export const putRenewSelf = endpoint({ ...renewal, id: 'putVaultRenewSelf', method: 'PUT' });

const revocation = {
  face: 'vault',
  path: '/auth/token/revoke-self',
  access: 'authenticated',
  audit: { action: 'access.logout', required: true },
  summary: 'Ends a token that a log-in gave, with this gateway; a JSON Web Token ends when its issuer says so',
  query: anyQuery,
  headers: shown,
  answers: { 204: { description: 'The token does not count here any more, or is a JSON Web Token.' } },
  errors: ['invalid', 'audit-unavailable'],
} as const;

export const postRevokeSelf = endpoint({ ...revocation, id: 'postVaultRevokeSelf', method: 'POST' });
export const putRevokeSelf = endpoint({ ...revocation, id: 'putVaultRevokeSelf', method: 'PUT' });
