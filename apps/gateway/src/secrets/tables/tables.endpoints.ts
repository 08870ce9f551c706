import { PERMISSIONS } from '@coffer/access';
import { endpoint } from '../../http/endpoint/endpoint.js';
import { namespaceDescription, namespaceNodes, searchQuery, searchAnswer } from './schemas.js';

const LIST_ERRORS = [
  ...(['denied', 'unauthenticated', 'throttled', 'unavailable', 'timeout'] as const),
  ...(['answer-too-large', 'rate-limited', 'overloaded'] as const),
] as const;

export const searchSecrets = endpoint({
  id: 'searchSecrets',
  face: 'coffer',
  method: 'GET',
  path: '/secrets',
  access: { inTenant: ['list'] },
  audit: { action: 'secret.list' },
  summary: 'Search the secrets of a tenant or a namespace, for tables',
  description:
    'Those of namespaces that the caller may list. The header `Age` is there only while the log of writes is out of reach: ' +
    'for so many seconds, writes may be missing.',
  query: searchQuery,
  answers: { 200: { description: 'A page, and how many there are in all.', body: searchAnswer } },
  errors: LIST_ERRORS,
});

export const listNamespaces = endpoint({
  id: 'listNamespaces',
  face: 'coffer',
  method: 'GET',
  path: '/namespaces',
  access: { inTenant: PERMISSIONS },
  audit: { action: 'namespace.list' },
  summary: 'The namespaces that the caller may list, or has a grant for',
  description: 'With the parents of each. `Age` and `unlisted` as in the search of secrets.',
  answers: { 200: { description: 'In the order of their names, parents first.', body: namespaceNodes } },
  errors: LIST_ERRORS,
});

export const describeNamespace = endpoint({
  id: 'describeNamespace',
  face: 'coffer',
  method: 'GET',
  path: '/namespaces/{namespace}',
  access: { inTenant: PERMISSIONS },
  summary: 'What the caller may do in a namespace, and what its store takes',
  description: 'Whether or not the namespace holds anything.',
  answers: { 200: { description: 'As the configuration has it; no store is asked.', body: namespaceDescription } },
});

const DRIFT_DESCRIPTION =
  'Counts for this gateway alone. The secret is reported again once it changes in its store anew; a write or a restart forgets what was ignored.';

export const ignoreDrift = endpoint({
  id: 'ignoreDrift',
  face: 'coffer',
  method: 'PUT',
  path: '/namespaces/{namespace}/ignored-drift/{key}',
  access: { inNamespace: 'write' },
  audit: { action: 'drift.ignore', required: true },
  summary: 'Have lists not tell that a secret was changed without Coffer',
  description: DRIFT_DESCRIPTION,
  answers: { 204: { description: 'Its state is `ignored`.' } },
  errors: ['not-found', 'audit-unavailable'],
});

export const regardDrift = endpoint({
  id: 'regardDrift',
  face: 'coffer',
  method: 'DELETE',
  path: '/namespaces/{namespace}/ignored-drift/{key}',
  access: { inNamespace: 'write' },
  audit: { action: 'drift.regard', required: true },
  summary: 'Have lists tell again that a secret was changed without Coffer',
  description: DRIFT_DESCRIPTION,
  answers: { 204: { description: 'Its state is what was changed.' } },
  errors: ['not-found', 'audit-unavailable'],
});
