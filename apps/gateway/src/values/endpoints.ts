import { z } from 'zod';
import { endpoint } from '../http/endpoint/endpoint.js';
import { writeHeaders } from '../http/request/write-headers.js';
import { readHeaders, resolveBody, resolvedItem, resolvedSecret, resolveQuery } from './schemas.js';

const STORE_ERRORS = ['denied', 'unauthenticated', 'corrupt', 'throttled', 'unavailable', 'timeout'] as const;

export const resolveSecret = endpoint({
  id: 'resolveSecret',
  face: 'coffer',
  method: 'GET',
  path: '/namespaces/{namespace}/values/{key}',
  access: { inNamespace: 'resolve' },
  audit: { action: 'secret.read', required: true },
  summary: 'Read a secret’s value',
  query: resolveQuery,
  headers: readHeaders,
  answers: {
    200: { description: 'The value, and where it was found. `ETag` is its version.', body: resolvedSecret },
    304: { description: 'The version is the one of `If-None-Match`; nothing is given out.' },
  },
  errors: ['not-found', 'rate-limited', 'answer-too-large', 'overloaded', 'audit-unavailable', ...STORE_ERRORS],
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
