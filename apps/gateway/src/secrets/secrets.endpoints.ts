import { endpoint } from '../http/endpoint/endpoint.js';
import { writeHeaders } from '../http/request/write-headers.js';
import { accepted, inheritedKeys, listQuery, patchBody, putBody, secretPage, secretRows } from './schemas.js';

export const WRITE_ERRORS = [
  'conflict',
  'read-only',
  'too-large',
  'operation-in-flight',
  'operation-mismatch',
  'precondition-failed',
  'overloaded',
  'fence-ahead',
  'audit-unavailable',
] as const;

const LIST_ERRORS = [
  'denied',
  'unauthenticated',
  'throttled',
  'unavailable',
  'timeout',
  'answer-too-large',
  'rate-limited',
  'overloaded',
] as const;

const written = { description: 'A list of one: the secret as it now is, without its value.', body: secretRows };
export const queued = { description: 'Queued; `Location` is where its state can be asked.', body: accepted };

export const putSecret = endpoint({
  id: 'putSecret',
  face: 'kestra',
  method: 'PUT',
  path: '/namespaces/{namespace}/secrets',
  access: { inNamespace: 'write' },
  audit: { action: 'secret.write', required: true, intent: true },
  summary: 'Create or replace a secret',
  headers: writeHeaders,
  body: putBody,
  answers: { 200: written, 202: queued },
  errors: WRITE_ERRORS,
});

export const postSecret = endpoint({ ...putSecret, id: 'postSecret', method: 'POST', summary: 'As PUT' });

export const patchSecret = endpoint({
  id: 'patchSecret',
  face: 'kestra',
  method: 'PATCH',
  path: '/namespaces/{namespace}/secrets/{key}',
  access: { inNamespace: 'write' },
  audit: { action: 'secret.update', required: true, intent: true },
  summary: 'Change the description and tags of a secret',
  headers: writeHeaders,
  body: patchBody,
  answers: { 200: written, 202: queued },
  errors: ['not-found', ...WRITE_ERRORS],
});

/** The same wherever a secret is deleted. */
export const deletion = {
  method: 'DELETE',
  access: { inNamespace: 'delete' },
  audit: { action: 'secret.delete', required: true, intent: true },
  summary: 'Delete a secret; deleting what is absent succeeds',
  headers: writeHeaders,
  answers: { 204: { description: 'The secret is absent.' }, 202: queued },
  errors: WRITE_ERRORS,
} as const;

export const deleteSecret = endpoint({
  id: 'deleteSecret',
  face: 'kestra',
  path: '/namespaces/{namespace}/secrets/{key}',
  ...deletion,
});

const page = {
  description:
    'A page, and how many there are in all. The header `Age` is there only while the log of writes is out of reach: ' +
    'for so many seconds, writes may be missing.',
  body: secretPage,
};

export const listSecrets = endpoint({
  id: 'listSecrets',
  face: 'kestra',
  method: 'GET',
  path: '/secrets',
  access: { inTenant: ['list'] },
  audit: { action: 'secret.list' },
  summary: 'Find secrets of a tenant, in the namespaces that the caller may list',
  query: listQuery,
  filters: true,
  answers: { 200: page },
  errors: LIST_ERRORS,
});

export const listNamespaceSecrets = endpoint({
  id: 'listNamespaceSecrets',
  face: 'kestra',
  method: 'GET',
  path: '/namespaces/{namespace}/secrets',
  access: { inNamespace: 'list' },
  audit: { action: 'secret.list' },
  summary: 'Find secrets of one namespace',
  deprecated: true,
  query: listQuery,
  filters: true,
  answers: { 200: page },
  errors: LIST_ERRORS,
});

export const inheritedSecrets = endpoint({
  id: 'inheritedSecrets',
  face: 'kestra',
  method: 'GET',
  path: '/namespaces/{namespace}/inherited-secrets',
  access: { inNamespace: 'list' },
  audit: { action: 'secret.list' },
  summary: 'The keys that a namespace sees, by the namespace that holds them',
  answers: {
    200: { description: 'Keys by namespace; levels that the caller may not list are empty.', body: inheritedKeys },
  },
  errors: LIST_ERRORS,
});
