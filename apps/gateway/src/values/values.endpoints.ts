import { z } from 'zod';
import { endpoint } from '../http/endpoint/endpoint.js';
import { TEXT_TYPES } from '../http/request/text-body.js';
import { writeHeaders } from '../http/request/write-headers.js';
import { deletion, queued, WRITE_ERRORS } from '../secrets/secrets.endpoints.js';
import { valueText } from '../secrets/schemas.js';
import {
  allQuery,
  allValues,
  readHeaders,
  resolveBody,
  resolvedItem,
  resolvedSecret,
  resolveQuery,
} from './schemas.js';

const STORE_ERRORS = ['denied', 'unauthenticated', 'corrupt', 'throttled', 'unavailable', 'timeout'] as const;

export const resolveSecret = endpoint({
  id: 'resolveSecret',
  face: 'coffer',
  method: 'GET',
  path: '/namespaces/{namespace}/values/{key}',
  access: { inNamespace: 'resolve' },
  audit: { action: 'secret.read', required: true },
  summary: 'Read a secret’s value',
  description:
    'As JSON, or the value alone where `Accept` wants `text/plain` or `application/octet-stream` more. The `ETag` of the value alone is another one.',
  query: resolveQuery,
  headers: readHeaders,
  answers: {
    200: {
      description: 'The value, and where it was found. `ETag` is its version.',
      body: resolvedSecret,
      textTypes: TEXT_TYPES,
    },
    304: { description: 'The version is the one of `If-None-Match` or `after`; nothing is given out.' },
  },
  errors: ['not-found', 'rate-limited', 'answer-too-large', 'overloaded', 'audit-unavailable', ...STORE_ERRORS],
});

export const resolveAll = endpoint({
  id: 'resolveAll',
  face: 'coffer',
  method: 'GET',
  path: '/namespaces/{namespace}/values',
  access: { inNamespace: 'resolve' },
  audit: { action: 'secret.read', required: true },
  summary: 'Read all values of a namespace',
  description:
    'All that were there when the call came, each as a read of its own has it, or an error: never a part. The `ETag` changes with any of them.',
  query: allQuery,
  headers: readHeaders,
  answers: {
    200: { description: 'Values and versions by key.', body: allValues },
    304: { description: 'All are as `If-None-Match` has them; nothing is given out.' },
  },
  errors: ['rate-limited', 'answer-too-large', 'overloaded', 'audit-unavailable', ...STORE_ERRORS],
});

export const putValue = endpoint({
  id: 'putValue',
  face: 'coffer',
  method: 'PUT',
  path: '/namespaces/{namespace}/values/{key}',
  access: { inNamespace: 'write' },
  audit: { action: 'secret.write', required: true, intent: true },
  summary: 'Write a value, which is the body itself',
  description:
    'Creates a secret, or replaces its value: description and tags stay. The body is text in UTF-8, kept byte for byte, a line break at its end too.',
  headers: writeHeaders,
  body: valueText(),
  bodyTextTypes: TEXT_TYPES,
  answers: { 204: { description: 'Written. `ETag` is that of the value alone.' }, 202: queued },
  errors: WRITE_ERRORS,
});

export const deleteValue = endpoint({
  id: 'deleteValue',
  face: 'coffer',
  path: '/namespaces/{namespace}/values/{key}',
  ...deletion,
});

export const resolveBatch = endpoint({
  id: 'resolveBatch',
  face: 'coffer',
  method: 'POST',
  path: '/namespaces/{namespace}/resolve',
  access: { inNamespace: 'resolve' },
  audit: { action: 'secret.read', required: true },
  summary: 'Read up to 500 values; each is answered by itself',
  description:
    'Items that do not fit into one answer are `too-large`, those that do not come in time `timeout`: ask for them in another request.',
  body: resolveBody,
  answers: { 200: { description: 'In the order of the request.', body: z.array(resolvedItem) } },
  errors: ['answer-too-large', 'overloaded', 'audit-unavailable'],
});

export const dropCached = endpoint({
  id: 'dropCached',
  face: 'coffer',
  method: 'DELETE',
  path: '/namespaces/{namespace}/cache/{key}',
  access: { inNamespace: 'write' },
  audit: { action: 'cache.drop', required: true, intent: true },
  summary: 'Drop a secret from every cache, after a change in its store without Coffer',
  headers: writeHeaders.pick({ traceparent: true }),
  answers: { 204: { description: 'No instance serves what it had cached before this call.' } },
  errors: ['overloaded', 'unavailable', 'timeout', 'fence-ahead', 'audit-unavailable'],
});
